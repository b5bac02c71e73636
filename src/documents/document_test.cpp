#include "documents/document.hpp"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include "documents/test_files.hpp"

namespace docmill {
namespace {

using namespace std::string_view_literals;
using test::open_bytes;

TEST(Sniff, knows_every_type_by_its_first_bytes) {
  EXPECT_EQ(sniff("%PDF-1.7\n"), DocumentType::pdf);
  EXPECT_EQ(sniff("\xef\xbb\xbf\n junk \n%PDF-1.4"), DocumentType::pdf);
  EXPECT_EQ(sniff("\x89PNG\r\n\x1a\n...."), DocumentType::png);
  EXPECT_EQ(sniff("\xff\xd8\xff\xe0"), DocumentType::jpeg);
  EXPECT_EQ(sniff("II*\0"sv), DocumentType::tiff);
  EXPECT_EQ(sniff("MM\0*"sv), DocumentType::tiff);
  EXPECT_EQ(sniff("MM\0+"sv), DocumentType::tiff);
  EXPECT_EQ(sniff("RIFF\x10\0\0\0WEBPVP8 "sv), DocumentType::webp);
  EXPECT_EQ(sniff("\0\0\0\x0cjP  \r\n\x87\n"sv), DocumentType::jpeg2000);
  EXPECT_EQ(sniff("\xff\x4f\xff\x51"), DocumentType::jpeg2000);
  EXPECT_EQ(sniff("P5\n3 4\n255\n"), DocumentType::pnm);
}

TEST(Sniff, takes_nothing_else_for_one_of_them) {
  EXPECT_EQ(sniff(""), std::nullopt);
  EXPECT_EQ(sniff("BM is how this text begins"), std::nullopt);
  EXPECT_EQ(sniff("P5"), std::nullopt);
  EXPECT_EQ(sniff("RIFF\x10\0\0\0WAVEfmt "sv), std::nullopt);
  EXPECT_EQ(sniff(std::string(2000, ' ') + "%PDF-1.4"), std::nullopt);
}

TEST(OpenDocument, takes_of_a_password_what_counts) {
  const std::string password(127, 'x');
  QPDF pdf;
  pdf.emptyPDF();
  pdf.addPage(QPDFObjectHandle::newDictionary({{"/Type", QPDFObjectHandle::newName("/Page")}}), true);
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setR6EncryptionParameters(password.c_str(), "owner", true, true, true, true, true, true, qpdf_r3p_full, true);
  writer.write();
  const auto written = writer.getBufferSharedPointer();
  const std::string locked(reinterpret_cast<const char*>(written->getBuffer()), written->getSize());
  OpenOptions options;
  options.password = password + "and more";
  const auto opened = open_bytes(locked, options);
  EXPECT_TRUE(opened.document) << opened.document.error().message;
  options.password = "y" + password;
  EXPECT_EQ(open_bytes(locked, options).document.error().code, ErrorCode::encrypted);
}

TEST(OpenDocument, says_that_an_empty_file_is_empty) {
  const auto opened = open_bytes("");
  ASSERT_FALSE(opened.document);
  EXPECT_EQ(opened.document.error().code, ErrorCode::unreadable);
  EXPECT_EQ(opened.document.error().message, "The file is empty (0 bytes).");
}

TEST(OpenDocument, says_what_a_file_of_another_type_is) {
  const auto opened = open_bytes("GIF89a\x10\0\x10\0\x80\0\0"sv);
  ASSERT_FALSE(opened.document);
  EXPECT_EQ(opened.document.error().code, ErrorCode::unsupported_type);
  EXPECT_NE(opened.document.error().message.find("GIF image"), std::string::npos) << opened.document.error().message;
}

TEST(OpenDocument, refuses_a_directory) {
  const Descriptor directory(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto document = Document::open(directory.get(), {});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, ErrorCode::unreadable);
}

TEST(OpenDocument, leaves_the_position_of_the_descriptor_alone) {
  const auto file = test::memory_file(test::one_page(""));
  lseek(file.get(), 5, SEEK_SET);
  ASSERT_TRUE(Document::open(file.get(), {}));
  EXPECT_EQ(lseek(file.get(), 0, SEEK_CUR), 5);
}

TEST(OpenDocument, names_the_pages_that_there_are_when_another_is_asked_for) {
  const auto opened = open_bytes(test::one_page(""));
  for (const int number : {0, 2, -1}) {
    const auto page = (*opened.document)->page(number);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code, ErrorCode::invalid_option);
  }
}

TEST(OpenDocument, reads_a_pdf_whose_catalog_only_one_library_understands) {
  auto pdf = test::one_page("BT /F 9 Tf 9 9 Td (seen) Tj ET");
  pdf.replace(pdf.find("/Pages 2 0 R>>"), 14, "/Pages 2 0 R> ");
  const auto opened = open_bytes(pdf);
  ASSERT_TRUE(opened.document) << opened.document.error().message;
  EXPECT_EQ((*opened.document)->page_count(), 1);
}

TEST(WarmUp, leaves_no_threads_that_a_fork_would_lose) {
  warm_up_documents();
  const auto tasks = std::filesystem::directory_iterator("/proc/self/task");
  EXPECT_EQ(std::distance(begin(tasks), end(tasks)), 1);
}

}  // namespace
}  // namespace docmill
