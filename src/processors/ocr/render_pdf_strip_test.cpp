#include "processors/ocr/render_pdf_strip.hpp"

#include "processors/ocr/render_pdf_test_support.hpp"

namespace docmill::ocr {
namespace {

constexpr const char* entries =
    "/MediaBox [0 0 600 400] /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";

// What is left of `content` when the page has got the word "new".
std::string text_after(const std::string& content) {
  const auto original = make_pdf({{.entries = entries, .content = content}});
  const auto result = render_over(original, {page_with_word("new", {500, 10, 550, 30}, 600, 400)});
  EXPECT_EQ(pixels_of(result), pixels_of(original));
  std::string text;
  for (const auto& word : words_of(result)) text += word.first + " ";
  return text;
}

TEST(StripInvisibleText, ReplacesAnEarlierLayer) {
  EXPECT_EQ(text_after("BT 3 Tr /F 20 Tf 50 100 Td (old) Tj ET"), "new ");
}

TEST(StripInvisibleText, KeepsVisibleText) {
  EXPECT_EQ(text_after("BT /F 20 Tf 50 100 Td (seen) Tj ET q BT 3 Tr /F 20 Tf 50 50 Td [(o) 9 (ld)] TJ ET Q"),
            "new seen ");
}

TEST(StripInvisibleText, KnowsThatTheModeOutlivesTheTextObject) {
  EXPECT_EQ(text_after("BT 3 Tr ET BT /F 20 Tf 50 100 Td (old) Tj ET BT 0 Tr 50 50 Td (seen) Tj ET"), "new seen ");
}

TEST(StripInvisibleText, KnowsThatQRestoresTheMode) {
  EXPECT_EQ(text_after("q 3 Tr Q BT /F 20 Tf 50 100 Td (seen) Tj ET"), "new seen ");
}

TEST(StripInvisibleText, KeepsWhatALaterTextObjectNeeds) {
  EXPECT_EQ(text_after("BT 3 Tr /F 20 Tf 50 100 Td (old) Tj ET BT 0 Tr 50 50 Td (seen) Tj ET"), "new seen ");
}

TEST(StripInvisibleText, KeepsATextObjectOfBothKindsWhole) {
  EXPECT_EQ(text_after("BT /F 20 Tf 3 Tr 50 100 Td (hidden ) Tj 0 Tr (seen) Tj ET"), "new hidden seen ");
}

TEST(StripInvisibleText, PassesInlineImages) {
  EXPECT_EQ(
      text_after("q 10 0 0 10 50 50 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x41 EI Q BT 3 Tr /F 20 Tf 9 9 Td (old) Tj ET"),
      "new ");
}

TEST(StripInvisibleText, LeavesContentAloneThatIsTooLongToBeAPage) {
  const std::string layer = "BT 3 Tr /F 20 Tf 50 100 Td (old) Tj ET";
  EXPECT_EQ(text_after(layer + std::string(65U << 20U, ' ')), "new old ");
}

TEST(StripInvisibleText, TakesThePlaceOfItsOwnLayer) {
  const auto original = make_pdf({{}});
  const auto once = render_over(original, {page_with_word("old", {100, 100, 200, 120}, 600, 400)});
  const auto twice = render_over(once, {page_with_word("new", {100, 100, 200, 120}, 600, 400)});
  const auto words = words_of(twice);
  ASSERT_EQ(words.size(), 1U);
  EXPECT_EQ(words[0].first, "new");
}

TEST(StripInvisibleText, LeavesNothingOfALayerThatIsReplaced) {
  const auto page = page_with_word("word", {100, 100, 200, 120}, 600, 400);
  auto result = render_over(make_pdf({{}}), {page});
  const auto once = result.size();
  for (int i = 0; i < 5; ++i) result = render_over(result, {page});
  constexpr std::size_t empty_form = 400;  // and that it is drawn
  EXPECT_LT(result.size(), once + 5 * empty_form);
}

TEST(StripInvisibleText, LeavesAFormThatAnotherPageDrawsToThatPage) {
  QPDF pdf;
  add_pages(pdf, {{.content = "/Layer Do"}, {.content = "/Layer Do"}});
  auto form = QPDFObjectHandle::newStream(&pdf, "BT 3 Tr /F 20 Tf 50 100 Td (old) Tj ET");
  form.replaceDict(QPDFObjectHandle::parse(
      "<< /Type /XObject /Subtype /Form /BBox [0 0 600 400] /Resources << /Font << /F << /Type /Font /Subtype /Type1 "
      "/BaseFont /Helvetica >> >> >> >>"));
  auto resources = QPDFObjectHandle::parse("<< /XObject << >> >>");
  resources.getKey("/XObject").replaceKey("/Layer", form);
  auto shared = pdf.makeIndirectObject(resources);
  for (auto& page : QPDFPageDocumentHelper(pdf).getAllPages()) page.getObjectHandle().replaceKey("/Resources", shared);
  QPDFWriter writer(pdf);
  const auto result = render_over(written(writer), {page_with_word("new", {500, 10, 550, 30}, 600, 400)});
  ASSERT_EQ(words_of(result, 1).size(), 1U);
  EXPECT_EQ(words_of(result, 1)[0].first, "new");
  ASSERT_EQ(words_of(result, 2).size(), 1U);
  EXPECT_EQ(words_of(result, 2)[0].first, "old");
}

}  // namespace
}  // namespace docmill::ocr
