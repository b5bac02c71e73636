#include "documents/text/text_document.hpp"

#include <gmock/gmock.h>

#include "documents/test_files.hpp"
#include "documents/text/test_zip.hpp"

namespace docmill {
namespace {

using namespace std::string_literals;

std::string type_of(std::string_view bytes, std::string_view name = "x") {
  const auto type = sniff_text(bytes, name);
  return type ? std::string(media_type(*type)) : "none";
}

Result<std::unique_ptr<Document>> opened(const std::string& bytes, const std::string& name = "x") {
  const auto file = test::memory_file(bytes);
  OpenOptions options;
  options.name = name;
  return open_text_document(file.get(), options);
}

TEST(TextType, IsToldByTheContent) {
  EXPECT_EQ(type_of("Just some words.\n"), "text/plain");
  EXPECT_EQ(type_of("# Title\n", "a/README.md"), "text/markdown");
  EXPECT_EQ(type_of("<!DOCTYPE html><p>x", "a.txt"), "text/html");
  EXPECT_EQ(type_of("\xEF\xBB\xBF <html><body>x"), "text/html");
  EXPECT_EQ(type_of("<\0h\0t\0m\0l\0>\0"s), "text/html");
  EXPECT_EQ(type_of("Received: by x\r\n  more\r\nFrom: a@example.com\r\nSubject: y\r\n\r\nz"), "message/rfc822");
  EXPECT_EQ(type_of("From: a@example.com\nSubject: y\nContent-Type: text/html\n\n<html>z"), "message/rfc822");
  EXPECT_EQ(type_of("Note: this is\nno mail: really\n"), "text/plain");
  EXPECT_EQ(type_of("Subject: y\n\nz"), "text/plain");
  EXPECT_EQ(type_of("Subject: y\n\nz", "a.EML"), "message/rfc822");
  EXPECT_EQ(type_of("From: a@example.com\nTo: b\nSubject: y\nDate: z\nReferences: <a>, <b\nc@d>\n\nz"),
            "message/rfc822");
  EXPECT_EQ(type_of("From: a\nTo: b\nbroken line\n\nz"), "text/plain");
  EXPECT_EQ(type_of("From: a\nTo: b\nbroken line\n\nz", "a.eml"), "message/rfc822");
  EXPECT_EQ(type_of("Received: by x\nbroken\n=3D line\nFrom: a@example.com\nTo: b\nSubject: y\n\nz"), "message/rfc822");
  EXPECT_EQ(type_of(make_zip({{"word/document.xml", "x"}})),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  EXPECT_EQ(type_of(make_zip({{"ppt/slides/slide1.xml", "x"}})),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation");
  EXPECT_EQ(type_of(make_zip({{"xl/worksheets/sheet1.xml", "x"}})),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  EXPECT_EQ(type_of(make_zip({{"content.xml", "x"}, {"META-INF/manifest.xml", "x"}})),
            "application/vnd.oasis.opendocument.text");
  EXPECT_EQ(type_of(make_zip({{"holiday.jpg", "x"}})), "none");
  EXPECT_EQ(type_of("\x7F"
                    "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0"s),
            "none");
  EXPECT_EQ(type_of("{\\rtf1\\ansi x}"), "none");
}

TEST(TextDocument, IsOnePageWithoutPixels) {
  const auto document = opened("Some words.\r\n");
  ASSERT_TRUE(document) << document.error().message;
  ASSERT_NE((*document)->text(), nullptr);
  EXPECT_EQ(*(*document)->text(), "Some words.\n");
  EXPECT_EQ((*document)->page_count(), 1);
  const auto page = (*document)->page(1);
  ASSERT_TRUE(page);
  EXPECT_TRUE((*page)->text_layer());
  const auto image = (*page)->image(300);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, ErrorCode::unsupported_type);
}

TEST(TextDocument, SaysThatAnArchiveIsCutOffBehindItsParts) {
  const auto archive = make_zip({{"word/document.xml", "<w:document><w:p><w:t>All of it.</w:t></w:p></w:document>"}});
  const auto whole = opened(archive);
  ASSERT_TRUE(whole);
  EXPECT_TRUE((*whole)->left_out().empty());
  const auto cut = opened(archive.substr(0, archive.size() - 20));
  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_EQ(*(*cut)->text(), "All of it.\n");
  EXPECT_EQ((*cut)->left_out(),
            std::vector<std::string>{"The directory at the end of the archive is missing: parts may be, too."});
}

TEST(TextDocument, SaysWhatItCannotRead) {
  const auto binary = opened(
      "\x7F"
      "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0"s);
  ASSERT_FALSE(binary);
  EXPECT_EQ(binary.error().code, ErrorCode::unsupported_type);
  EXPECT_THAT(binary.error().message, testing::HasSubstr("docmill reads PDF, images"));
  const auto locked = opened("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"s);
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code, ErrorCode::encrypted);
  const auto archive = make_zip({{"word/document.xml", "<w:document><w:p><w:t>All of it.</w:t></w:p></w:document>"}});
  const auto half = opened(archive.substr(0, 40));
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().code, ErrorCode::unreadable);
  EXPECT_EQ(half.error().message, "The archive is cut off or damaged: the directory at its end is missing.");
  const auto empty = opened("");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace docmill
