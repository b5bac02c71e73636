// A page is found by what the tree says of itself, and nothing is where that cannot be.
#include "documents/pdf_pages.hpp"

#include <gtest/gtest.h>

#include <qpdf/QPDF.hh>
#include <string>

namespace docmill {
namespace {

// The object number of page `number` in a tree of these objects, 1 being the catalog; 0: none is found.
int found(const std::string& objects, int number) {
  const std::string bytes =
      "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" + objects + "trailer<</Root 1 0 R>>\n";
  QPDF pdf;
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("tree", bytes.data(), bytes.size());
  return find_page(pdf.getRoot(), number).getObjectID();
}

std::string page(int object) { return std::to_string(object) + " 0 obj<</Type/Page>>endobj\n"; }

TEST(FindPage, counts_what_is_below_the_nodes) {
  const std::string tree =
      "2 0 obj<</Kids[3 0 R 10 0 R 4 0 R]/Count 6>>endobj\n"
      "3 0 obj<</Kids[11 0 R 12 0 R]/Count 2>>endobj\n"
      "4 0 obj<</Kids[5 0 R 14 0 R]/Count 3>>endobj\n"
      "5 0 obj<</Kids[13 0 R 15 0 R]/Count 2>>endobj\n" +
      page(10) + page(11) + page(12) + page(13) + page(14) + page(15);
  const int expected[] = {11, 12, 10, 13, 15, 14};
  for (int number = 1; number <= 6; ++number) EXPECT_EQ(found(tree, number), expected[number - 1]) << number;
  EXPECT_EQ(found(tree, 7), 0);
}

TEST(FindPage, finds_nothing_in_a_tree_that_makes_no_sense) {
  EXPECT_EQ(found("2 0 obj<</Kids[2 0 R]/Count 1>>endobj\n", 1), 0) << "it contains itself";
  EXPECT_EQ(found("2 0 obj<</Kids[3 0 R]/Count 1>>endobj\n", 1), 0) << "there is no such page";
  EXPECT_EQ(found("2 0 obj<</Kids[3 0 R 4 0 R]/Count -1>>endobj\n" + page(3) + page(4), 3), 0);
  EXPECT_EQ(found("2 0 obj<</Kids 7/Count 1>>endobj\n", 2), 0);
  EXPECT_EQ(
      found("2 0 obj<</Kids[3 0 R 4 0 R]/Count 3>>endobj\n3 0 obj<</Kids[5 0 R]/Count 3>>endobj\n" + page(4) + page(5),
            1),
      0)
      << "there are more pages below its kids than it says";
  EXPECT_EQ(found("", 1), 0);
}

}  // namespace
}  // namespace docmill
