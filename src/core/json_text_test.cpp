#include "core/json_text.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

namespace docmill {
namespace {

namespace json = boost::json;

TEST(JsonText, WritesNumbersAsPeopleDo) {
  EXPECT_EQ(json_text({0.93, 72.0, 100000.0, -1, 1e-9, 18446744073709551615U, 0.1 + 0.2}),
            "[0.93,72,100000,-1,1e-09,18446744073709551615,0.30000000000000004]");
  EXPECT_EQ(json_text(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonText, IsReadBackTheSame) {
  const auto value =
      json::parse(R"({"a\"\n":[true,null,"ü\u0001",{}, []],"deep":{"b":[[1.5e300,[0.1]]]},"":"","n":-0.25})");
  EXPECT_EQ(json::parse(json_text(value)), value);
}

}  // namespace
}  // namespace docmill
