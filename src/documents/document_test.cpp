#include "documents/document.hpp"

#include <gtest/gtest.h>

namespace docmill {
namespace {

TEST(Documents, warm_up_reads_and_draws_a_page_of_its_own) { warm_up_documents(); }

}  // namespace
}  // namespace docmill
