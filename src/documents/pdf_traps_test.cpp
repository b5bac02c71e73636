// PDFs that would keep Poppler busy without end are told from others, and cost as little as can be.
#include "documents/pdf_traps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/Pl_String.hh>
#include <string>

#include "documents/pdf_inspection.hpp"
#include "documents/test_files.hpp"

namespace docmill {
namespace {

using test::helvetica;
using test::letter_size;
using test::open_bytes;

const std::string hello = "BT /F 20 Tf 100 700 Td (Hello) Tj ET";

std::string reference(int object) { return std::to_string(object) + " 0 R "; }

// A page that says Hello, and a form: a chain of `depth` fields, each the child of the one before it `times` times
// over. The last is a widget on the page, which looks like "seen".
std::string with_chain_of_fields(int depth, int times) {
  test::PdfFile pdf;
  const int look = pdf.add_stream("/Type/XObject/Subtype/Form/BBox[0 0 90 30]/Resources<<" + helvetica + ">>",
                                  "BT /F 20 Tf 0 5 Td (seen) Tj ET");
  int field = pdf.add("<</FT/Tx/Type/Annot/Subtype/Widget/Rect[100 500 190 530]/AP<</N " + reference(look) +
                      ">>/Parent " + reference(look + 2) + ">>");
  const int widget = field;
  for (int i = 1; i < depth; ++i) {
    std::string kids;
    for (int j = 0; j < times; ++j) kids += reference(field);
    // The next object is the parent of this one, if it is one of the chain.
    field = pdf.add("<</Kids[" + kids + "]" + (i + 1 < depth ? "/Parent " + reference(field + 2) : "") + ">>");
  }
  pdf.add_to_catalog("/AcroForm<</Fields[" + reference(field) + "]>>");
  pdf.add_page(hello, helvetica, letter_size + "/Annots[" + reference(widget) + "]");
  return pdf.bytes();
}

std::string text_of(const std::string& pdf) {
  auto opened = open_bytes(pdf);
  if (!opened.document) return "not opened";
  const auto text = opened.page(1)->text_layer();
  return text ? plain_text(*text) : text.error().message;
}

bool says_fields_are_endless(const std::string& pdf) {
  const auto facts = inspect_pdf(pdf, "", {});
  EXPECT_TRUE(facts);
  return facts && std::any_of(facts->damage.begin(), facts->damage.end(), [](const PdfDamage& damage) {
           return damage.message.find("fields") != std::string::npos;
         });
}

TEST(PdfTraps, fields_that_share_their_children_cost_the_form_but_not_what_the_page_shows) {
  for (const auto& pdf : {with_chain_of_fields(40, 2), with_chain_of_fields(2'000, 1)}) {
    EXPECT_EQ(text_of(pdf), "Hello\n\nseen\n");
    EXPECT_TRUE(says_fields_are_endless(pdf));
    auto opened = open_bytes(pdf);
    EXPECT_TRUE(opened.page(1)->image(72));
  }
}

TEST(PdfTraps, a_form_that_ends_is_left_alone) {
  const auto pdf = with_chain_of_fields(8, 2);
  EXPECT_EQ(text_of(pdf), "Hello\n\nseen\n");
  EXPECT_FALSE(says_fields_are_endless(pdf));
}

// Whether a page can be had whose content is good in one stream, and in a second `data` behind `filters`.
Status page_with_content(const std::string& filters, std::string_view data) {
  test::PdfFile pdf;
  const int good = pdf.add_stream("", hello);
  const int bad = pdf.add_stream("/Filter[" + filters + "]", data);
  pdf.add_kid(pdf.add("<</Type/Page/Parent 2 0 R/Contents[" + reference(good) + reference(bad) + "]/Resources<<" +
                      helvetica + ">>" + letter_size + ">>"));
  auto opened = open_bytes(pdf.bytes());
  if (!opened.document) return opened.document.error();
  auto page = (*opened.document)->page(1);
  if (!page) return page.error();
  return {};
}

TEST(PdfTraps, content_that_is_compressed_as_images_are_is_none) {
  for (const auto* filter : {"/JBIG2Decode", "/FlateDecode/DCTDecode", "/CCF", "/JPXDecode"}) {
    const auto page = page_with_content(filter, "\x97");
    ASSERT_FALSE(page) << filter;
    EXPECT_EQ(page.error().code, ErrorCode::unreadable);
    EXPECT_EQ(page.error().page, 1);
  }
}

// So many MiB of zeros, deflated.
std::string deflated_zeros(int mebibytes) {
  std::string result;
  Pl_String end("result", nullptr, result);
  Pl_Flate deflate("deflate", &end, Pl_Flate::a_deflate);
  const std::string zeros(1 << 20, '\0');
  for (; mebibytes > 0; --mebibytes) deflate.writeString(zeros);
  deflate.finish();
  return result;
}

// In a document that is so long that looking at all its pages would take longer than reading them.
TEST(PdfTraps, the_page_that_is_asked_for_is_looked_at_however_many_there_are) {
  test::PdfFile pdf;
  for (int i = 1; i < 150; ++i) pdf.add_page(hello, helvetica, letter_size);
  const int bad = pdf.add_stream("/Filter/JBIG2Decode", "\x97");
  pdf.add_kid(pdf.add("<</Type/Page/Parent 2 0 R/Contents " + reference(bad) + letter_size + ">>"));
  auto opened = open_bytes(pdf.bytes());
  ASSERT_TRUE(opened.document);
  ASSERT_EQ((*opened.document)->page_count(), 150);
  EXPECT_TRUE((*opened.document)->page(149));
  const auto page = (*opened.document)->page(150);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::unreadable);
}

TEST(PdfTraps, content_that_unpacks_to_gigabytes_is_not_read) {
  EXPECT_TRUE(page_with_content("/FlateDecode", deflated_zeros(20)));
  const auto page = page_with_content("/FlateDecode", deflated_zeros(260));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::too_large);
  EXPECT_NE(page.error().message.find("256 MiB"), std::string::npos);
}

TEST(PdfTraps, content_that_cannot_be_unpacked_is_left_to_poppler) {
  const std::string garbage(200'000, 'x');
  EXPECT_TRUE(page_with_content("/FlateDecode", garbage));
  EXPECT_TRUE(page_with_content("/Unheard", garbage));
}

}  // namespace
}  // namespace docmill
