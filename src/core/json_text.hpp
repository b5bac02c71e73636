// JSON for people to read: Boost's own writer makes 9.3E-1 of 0.93.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace docmill {

// As boost::json::serialize(), but numbers as a person writes them, in as many digits as are read back the same. What
// JSON has no number for (NaN, infinity) becomes null.
std::string json_text(const boost::json::value& value);

}  // namespace docmill
