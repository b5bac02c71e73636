// The stage alone, with the tools on a whole PDF: repaired, linearized, decrypted, split.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include "documents/test_files.hpp"
#include "processors/pdf_writing.hpp"
#include "processors/pipeline.hpp"
#include "processors/preprocessing/pdf_pieces.hpp"
#include "processors/preprocessing/preprocessing_stage.hpp"
#include "processors/test_support.hpp"

namespace docmill {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

const std::array stages{&preprocessing_stage()};

struct Done {
  Result<TaskOutput> output = TaskOutput{};
  json::object tools;  // of the record
  Surroundings surroundings;

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& [name, file] : surroundings.artifacts) names.push_back(name);
    return names;
  }
};

Done done_with(const std::string& bytes, const std::string& options, int part_pages = 0) {
  Done done;
  const auto file = memory_file(bytes);
  TaskInput input;
  input.name = "a.pdf";
  input.pipeline = "preprocessing";
  input.descriptor = file.get();
  input.options = options;
  input.part_pages = part_pages;
  done.output = run_pipeline(stages, input, done.surroundings);
  if (done.output && done.output->split.empty()) {
    done.tools = json::parse(done.output->record).at("pdf_tools").as_object();
  }
  return done;
}

// Page n says "page n".
std::string pages(int count, const std::string& resources = test::helvetica) {
  test::PdfFile pdf;
  for (int i = 1; i <= count; ++i) {
    pdf.add_page("BT /F 12 Tf 100 700 Td (page " + std::to_string(i) + ") Tj ET", resources, test::letter_size);
  }
  return pdf.bytes();
}

std::string texts_of(const std::string& pdf) {
  auto opened = test::open_bytes(pdf);
  if (!opened.document) return opened.document.error().message;
  std::string all;
  for (int i = 1; i <= (*opened.document)->page_count(); ++i) all += plain_text(*opened.page(i)->text_layer());
  return all;
}

// As qpdf finds it, without anything to complain about.
void expect_sound(const std::string& bytes) {
  QPDF pdf;
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("output", bytes.data(), bytes.size());
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.write();
  EXPECT_FALSE(pdf.anyWarnings());
}

std::string encrypted(const std::string& bytes) {
  QPDF pdf;
  pdf.processMemoryFile("plain", bytes.data(), bytes.size());
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setR6EncryptionParameters("secret", "owner", true, true, true, true, true, true, qpdf_r3p_full, true);
  writer.write();
  const auto written = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(written->getBuffer()), written->getSize()};
}

bool is_encrypted(const std::string& bytes, const char* password = "secret") {
  QPDF pdf;
  pdf.processMemoryFile("output", bytes.data(), bytes.size(), password);
  return pdf.isEncrypted();
}

TEST(PdfPieces, AreNamedByTheirPagesSoThatTheySort) {
  using namespace preprocessing;
  EXPECT_EQ(piece_name({1, 2, 3}, 120), "pages-001-003.pdf");
  EXPECT_EQ(piece_name({7}, 9), "page-7.pdf");
  EXPECT_THAT(split_by_pages({2, 3, 5, 8, 9}, 2), ElementsAre(Piece{2, 3}, Piece{5, 8}, Piece{9}));
  EXPECT_THAT(split_by_pages({1, 2}, 0), ElementsAre(Piece{1, 2}));
}

TEST(PdfTools, RepairAndSayWhatWasWrong) {
  auto bytes = pages(2);
  bytes.replace(bytes.find("startxref\n"), 11, "startxref\n9");
  auto done = done_with(bytes, R"({"repair": true})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_THAT(done.names(), ElementsAre("pdf"));
  expect_sound(done.surroundings.text("pdf"));
  EXPECT_EQ(texts_of(done.surroundings.text("pdf")), "page 1\npage 2\n");
  EXPECT_EQ(done.tools.at("rebuilt"), json::value(true));
  EXPECT_EQ(done.tools.at("damage").at(0).at("kind"), json::value("cross_references"));

  done = done_with(pages(1), R"({"repair": true})");
  EXPECT_EQ(done.tools.at("rebuilt"), json::value(false));
  EXPECT_EQ(done.tools.at("problems"), json::value(0));
}

TEST(PdfTools, Linearize) {
  const auto done = done_with(pages(3), R"({"linearize": true, "steps": "none"})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  const auto bytes = content_of(done.surroundings.artifacts.at("pdf"));
  expect_sound(bytes);
  QPDF pdf;
  pdf.processMemoryFile("output", bytes.data(), bytes.size());
  EXPECT_TRUE(pdf.isLinearized());
  EXPECT_TRUE(pdf.checkLinearization());
}

TEST(PdfTools, WriteASoundTrailerWhereThereWasNone) {
  auto bytes = pages(2);
  bytes.replace(bytes.rfind("/Size"), 5, "/Sice");
  const auto done = done_with(bytes, R"({"linearize": true})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  expect_sound(content_of(done.surroundings.artifacts.at("pdf")));
}

TEST(PdfTools, DecryptOnlyWhereThatIsAskedFor) {
  const auto bytes = encrypted(pages(1));
  EXPECT_EQ(done_with(bytes, R"({"decrypt": true})").output.error().code, ErrorCode::encrypted);
  auto done = done_with(bytes, R"({"decrypt": true, "password": "secret"})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_FALSE(is_encrypted(done.surroundings.text("pdf")));
  EXPECT_EQ(texts_of(done.surroundings.text("pdf")), "page 1\n");

  done = done_with(bytes, R"({"repair": true, "password": "secret"})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_TRUE(is_encrypted(done.surroundings.text("pdf")));
}

// `bytes`, encrypted for everybody with AES of 128 bits.
std::string restricted(const std::string& bytes) {
  QPDF pdf;
  pdf.processMemoryFile("plain", bytes.data(), bytes.size());
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setR4EncryptionParametersInsecure("", "owner", true, true, true, true, true, true, qpdf_r3p_full, true, true);
  writer.write();
  const auto written = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(written->getBuffer()), written->getSize()};
}

// `bytes` with blanks in the place of all `what`, so that everything stays where it is.
std::string blanked(std::string bytes, const std::string& what) {
  for (std::size_t at = 0; (at = bytes.find(what, at)) != std::string::npos;)
    bytes.replace(at, what.size(), what.size(), ' ');
  return bytes;
}

TEST(PdfTools, KeepAnEncryptionThatDoesNotSayHowLongItsKeyIs) {
  auto done = done_with(blanked(restricted(pages(1)), "/Length 128"), R"({"repair": true})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  const auto repaired = done.surroundings.text("pdf");
  EXPECT_TRUE(is_encrypted(repaired, ""));
  EXPECT_EQ(texts_of(repaired), "page 1\n");
}

TEST(PdfTools, DoNotLinearizeWhereThatWouldBreakTheFile) {
  const auto bytes = restricted(pages(1));
  QPDF pdf;
  pdf.processMemoryFile("locked", bytes.data(), bytes.size());
  pdf.getTrailer().removeKey("/ID");
  const WriteStyle style{.linearize = true, .keep_encryption = true};
  const auto written = write_document(pdf, style, [](std::string_view) { return Status(); });
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("--decrypt"));
}

TEST(PdfTools, TakePasswordsInUtf8ThatOldPdfsHaveInAnotherEncoding) {
  const auto plain = pages(1);
  QPDF pdf;
  pdf.processMemoryFile("plain", plain.data(), plain.size());
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setR4EncryptionParametersInsecure("gr\xfcn", "owner", true, true, true, true, true, true, qpdf_r3p_full, true,
                                           true);
  writer.write();
  const auto written = writer.getBufferSharedPointer();
  const std::string locked(reinterpret_cast<const char*>(written->getBuffer()), written->getSize());
  auto done = done_with(locked, R"({"decrypt": true, "password": "grün"})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_EQ(texts_of(done.surroundings.text("pdf")), "page 1\n");
}

TEST(PdfTools, DoNotSplitWhatIsEncryptedIntoPiecesThatAreNot) {
  const auto bytes = encrypted(pages(2));
  const auto refused = done_with(bytes, R"({"split_pages": 1, "password": "secret"})");
  EXPECT_EQ(refused.output.error().code, ErrorCode::encrypted);
  EXPECT_THAT(refused.output.error().message, HasSubstr("--decrypt"));
  auto done = done_with(bytes, R"({"split_pages": 1, "decrypt": true, "password": "secret"})");
  ASSERT_TRUE(done.output);
  EXPECT_EQ(texts_of(done.surroundings.text("page-2.pdf")), "page 2\n");
}

TEST(PdfTools, SplitByPages) {
  auto done = done_with(pages(5), R"({"split_pages": 2})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_THAT(done.names(), ElementsAre("page-5.pdf", "pages-1-2.pdf", "pages-3-4.pdf"));
  EXPECT_EQ(texts_of(done.surroundings.text("pages-3-4.pdf")), "page 3\npage 4\n");
  EXPECT_EQ(texts_of(done.surroundings.text("page-5.pdf")), "page 5\n");
  for (const auto& name : done.names()) expect_sound(done.surroundings.text(name));
}

// Pages with 2,000 bytes that nothing compresses, of which page 2 has ten times as many; all share one resource
// dictionary.
std::string heavy_pages(int count) {
  test::PdfFile pdf;
  std::string images;
  std::vector<int> numbers;
  for (int i = 1; i <= count; ++i) {
    const int width = i == 2 ? 20'000 : 2'000;
    const auto entries =
        "/Subtype/Image/Width " + std::to_string(width) + "/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8";
    images += "/Im" + std::to_string(i) + " " +
              std::to_string(pdf.add_stream(entries, std::string(static_cast<std::size_t>(width), 'x'))) + " 0 R";
  }
  const auto resources = std::to_string(pdf.add("<</XObject<<" + images + ">>>>"));
  for (int i = 1; i <= count; ++i) {
    const auto content = std::to_string(pdf.add_stream("", "/Im" + std::to_string(i) + " Do"));
    pdf.add_kid(pdf.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents " + content + " 0 R/Resources " +
                        resources + " 0 R>>"));
  }
  return pdf.bytes();
}

TEST(PdfTools, SplitBySizeAndTakeNoUnusedImagesAlong) {
  constexpr std::size_t most = 10'000;
  auto done = done_with(heavy_pages(9), R"({"split_size": "10kB"})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  int files_with_several_pages = 0;
  int all_pages = 0;
  for (const auto& name : done.names()) {
    const auto bytes = done.surroundings.text(name);
    auto opened = test::open_bytes(bytes);
    ASSERT_TRUE(opened.document) << name;
    const int count = (*opened.document)->page_count();
    all_pages += count;
    files_with_several_pages += count > 1 ? 1 : 0;
    EXPECT_TRUE(name == "page-2.pdf" || bytes.size() <= most) << name << ": " << bytes.size();
  }
  EXPECT_EQ(all_pages, 9);
  EXPECT_GE(files_with_several_pages, 2);
  EXPECT_EQ(done.tools.at("oversized_pages"), (json::array{2}));
}

TEST(PdfTools, KeepOnlyThePagesThatAreAskedFor) {
  auto done = done_with(pages(5), R"({"repair": true, "pages": "2,4-5"})");
  EXPECT_EQ(texts_of(done.surroundings.text("pdf")), "page 2\npage 4\npage 5\n");
  done = done_with(pages(5), R"({"split_pages": 2, "pages": "2,4-5"})");
  EXPECT_THAT(done.names(), ElementsAre("page-5.pdf", "pages-2-4.pdf"));
}

TEST(PdfTools, KeepFormFieldsWithTheirPages) {
  test::PdfFile pdf;
  pdf.add_page("", "", test::letter_size + "/Annots[5 0 R]");
  ASSERT_EQ(pdf.add("<</Type/Annot/Subtype/Widget/FT/Tx/T(field)/V(value)/Rect[0 0 9 9]/P 4 0 R>>"), 5);
  pdf.add_page("", "", test::letter_size);
  pdf.add_to_catalog("/AcroForm<</Fields[5 0 R]>>");
  auto done = done_with(pdf.bytes(), R"({"split_pages": 1})");
  const auto bytes = done.surroundings.text("page-1.pdf");
  QPDF piece;
  piece.processMemoryFile("piece", bytes.data(), bytes.size());
  auto fields = piece.getRoot().getKey("/AcroForm").getKey("/Fields");
  ASSERT_EQ(fields.getArrayNItems(), 1);
  EXPECT_EQ(fields.getArrayItem(0).getKey("/V").getUTF8Value(), "value");
}

TEST(PdfTools, NameSignaturesThatTheyBreak) {
  test::PdfFile pdf;
  pdf.add_page("", "", test::letter_size);
  pdf.add_to_catalog("/AcroForm<</Fields[<</FT/Sig/T(approved)/V<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>>>]>>");
  const auto done = done_with(pdf.bytes(), R"({"repair": true})");
  EXPECT_EQ(done.tools.at("broken_signatures"), (json::array{"approved"}));
}

TEST(PdfTools, AreNotForImages) {
  const auto done = done_with(test::encoded(test::odd_picture(30, 20).pix(), IFF_PNG), R"({"repair": true})");
  EXPECT_EQ(done.output.error().code, ErrorCode::unsupported_type);
  EXPECT_THAT(done.output.error().message, HasSubstr("image/png"));
}

TEST(PdfTools, DoNotMakePartsOfADocumentWhosePagesCostNothing) {
  EXPECT_TRUE(done_with(pages(8), R"({"repair": true})", 2).output->split.empty());
  const auto file = memory_file(pages(8));
  EXPECT_FALSE(done_with(pages(8), "{}", 2).output->split.empty());
}

TEST(PdfTools, RefuseToMakeThousandsOfFiles) {
  const auto done = done_with(pages(1'001), R"({"split_pages": 1})");
  EXPECT_EQ(done.output.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace docmill
