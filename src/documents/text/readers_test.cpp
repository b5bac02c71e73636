#include "documents/text/readers.hpp"

#include <gmock/gmock.h>

#include "documents/text/test_zip.hpp"

namespace docmill {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr TextLimits limits;

std::string text_of(Result<std::string> read) {
  return read ? *read : "(" + std::string(to_string(read.error().code)) + ") " + read.error().message;
}

std::string code_of(const Result<std::string>& read) {
  return read ? "read" : std::string(to_string(read.error().code));
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

std::string docx(const std::string& body) {
  return make_zip({{"word/document.xml",
                    "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>" + body + "</w:body></w:document>"}});
}

// -- HTML

TEST(Html, BecomesParagraphsWithoutWhatIsHidden) {
  EXPECT_EQ(
      text_of(read_html("<html><head><title>A  title</title><style>p{}</style><script>var x = '<p>';</script></head>"
                        "<body><h1>Head &amp; more</h1><p>One\n <b>two</b>,<br>three</p><ul><li>a<li>b</ul>"
                        "<table><tr><td>1<td>2<tr><td>3</table><noscript>no</noscript></body></html>",
                        limits)),
      "A title\n\nHead & more\n\nOne two,\nthree\n\na\nb\n\n1\t2\n3\n");
}

TEST(Html, KeepsTheLinesOfPreformattedText) {
  EXPECT_EQ(text_of(read_html("<pre>a\n  b</pre><p>c   d</p>", limits)), "a\n  b\n\nc d\n");
}

TEST(Html, MayBeNestedAsDeepAsItLikes) {
  constexpr std::size_t depth = 100'000;
  EXPECT_EQ(text_of(read_html(repeated("<div>", depth) + "deep" + repeated("</div>", depth), limits)), "deep\n");
  EXPECT_EQ(text_of(read_html(repeated("<b>", depth) + "deep", limits)), "deep\n");
}

TEST(Html, IsReadThoughItIsBroken) {
  EXPECT_THAT(text_of(read_html("<p>one<p>two</div></p><a href='x>three</a> <table><td>four", limits)),
              HasSubstr("two"));
  EXPECT_EQ(text_of(read_html("<p>&#0;&#x110000;&nosuch; x", limits)).find("(unreadable)"), std::string::npos);
}

TEST(Html, IsReadInItsEncoding) {
  EXPECT_EQ(text_of(read_html("<html><head><meta charset=\"windows-1251\"></head><body>\xCF\xF0\xE8\xE2\xE5\xF2</body>",
                              limits)),
            "Привет\n");
  EXPECT_EQ(text_of(read_html("<p>\xCF\xF0\xE8\xE2\xE5\xF2</p>", limits, "windows-1251")), "Привет\n");
}

// -- Markdown

TEST(Markdown, LosesItsMarks) {
  EXPECT_EQ(text_of(read_markdown("# Title\n\nSome *emphasis* and a [link](https://example.com).\n\n- one\n- two\n\n"
                                  "| a | b |\n|---|---|\n| 1 | 2 |\n",
                                  limits)),
            "Title\n\nSome emphasis and a link.\n\none\ntwo\n\na\tb\n1\t2\n");
}

// -- Office

TEST(Docx, BecomesParagraphs) {
  EXPECT_EQ(
      text_of(read_docx(docx("<w:p><w:r><w:t>One </w:t></w:r><w:r><w:t xml:space=\"preserve\">two</w:t><w:tab/>"
                             "<w:t>three</w:t></w:r></w:p><w:p/><w:p><w:r><w:delText>gone</w:delText><w:t>four</w:t>"
                             "<w:br/><w:t>five</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p>"
                             "</w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"),
                        limits)),
      "One two\tthree\n\nfour\nfive\n\na\tb\n");
}

TEST(Docx, HasMoreThanItsBody) {
  const auto part = [](const std::string& text) { return "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>"; };
  EXPECT_EQ(
      text_of(read_docx(make_zip({{"word/document.xml", "<w:document xmlns:w=\"w\">" + part("body") + "</w:document>"},
                                  {"word/footer1.xml", "<w:ftr xmlns:w=\"w\">" + part("foot") + "</w:ftr>"},
                                  {"word/comments.xml", "<w:comments>" + part("comment") + "</w:comments>"},
                                  {"word/header2.xml", "<w:hdr xmlns:w=\"w\">" + part("head") + "</w:hdr>"},
                                  {"word/footnotes.xml", "<w:footnotes>" + part("note") + "</w:footnotes>"}}),
                        limits)),
      "head\n\nbody\n\nnote\n\ncomment\n\nfoot\n");
}

TEST(Docx, ThatIsAZipBombIsTooLarge) {
  TextLimits small;
  small.max_unpacked = 8U << 20U;
  const auto bomb = make_zip({{"word/document.xml", std::string(40U << 20U, ' ')}});
  EXPECT_LT(bomb.size(), 1U << 20U);
  const auto read = read_docx(bomb, small);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::too_large);
  EXPECT_EQ(read.error().message, "The archive unpacks to more than 8 MiB, which is the limit.");
}

TEST(Docx, OfTooManyMembersIsTooLarge) {
  Members members;
  for (int i = 0; i < 50; ++i) members.emplace_back("x" + std::to_string(i), "");
  TextLimits few;
  few.max_members = 20;
  EXPECT_EQ(code_of(read_docx(make_zip(members), few)), "too_large");
}

TEST(Docx, OfTooMuchTextIsTooLarge) {
  TextLimits small;
  small.max_bytes = 1000;
  const auto read = read_docx(docx("<w:p><w:t>" + std::string(2000, 'x') + "</w:t></w:p>"), small);
  EXPECT_EQ(code_of(read), "too_large");
}

// The entity must stay what it is: a name. Not even one that is defined within the document is expanded.
TEST(Docx, NeverFetchesEntities) {
  const auto file =
      make_zip({{"word/document.xml",
                 "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY secret SYSTEM \"file:///etc/passwd\"><!ENTITY "
                 "lol \"lol lol\">]><w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>before &secret; &lol; "
                 "after</w:t></w:r></w:p></w:body></w:document>"}});
  const auto text = text_of(read_docx(file, limits));
  EXPECT_THAT(text, HasSubstr("before"));
  EXPECT_THAT(text, Not(HasSubstr("root:")));
  EXPECT_THAT(text, Not(HasSubstr("lol lol")));
}

TEST(Docx, MayBeNestedAsDeepAsItLikes) {
  constexpr std::size_t depth = 100'000;
  EXPECT_EQ(text_of(read_docx(docx(repeated("<w:sdt>", depth) + "<w:p><w:r><w:t>deep</w:t></w:r></w:p>" +
                                   repeated("</w:sdt>", depth)),
                              limits)),
            "deep\n");
}

TEST(Docx, ThatIsDamagedIsUnreadable) {
  auto file = docx("<w:p><w:r><w:t>" + repeated("some words ", 2000) + "</w:t></w:r></w:p>");
  EXPECT_EQ(code_of(read_docx(file.substr(0, file.size() / 2), limits)), "unreadable");
  EXPECT_EQ(code_of(read_docx(docx("<w:p>"), limits)), "unreadable");
  EXPECT_EQ(code_of(read_docx(make_zip({{"other", "x"}}), limits)), "unreadable");
}

TEST(Pptx, BecomesSlidesInOrder) {
  const auto slide = [](const std::string& text) {
    return "<p:sld xmlns:p=\"p\" xmlns:a=\"a\"><p:txBody><a:p><a:r><a:t>" + text +
           "</a:t></a:r></a:p></p:txBody></p:sld>";
  };
  EXPECT_EQ(text_of(read_pptx(make_zip({{"ppt/slides/slide10.xml", slide("last")},
                                        {"ppt/slides/slide2.xml", slide("second")},
                                        {"ppt/slides/slide1.xml", slide("first")},
                                        {"ppt/slides/_rels/slide2.xml.rels",
                                         "<Relationships><Relationship Target=\"../slideLayouts/slideLayout1.xml\"/>"
                                         "<Relationship Target=\"../notesSlides/notesSlide1.xml\"/></Relationships>"},
                                        {"ppt/notesSlides/notesSlide1.xml", slide("note")}}),
                              limits)),
            "first\n\fsecond\n\nnote\n\flast\n");
}

TEST(Xlsx, BecomesRowsAndCells) {
  EXPECT_EQ(
      text_of(read_xlsx(
          make_zip(
              {{"xl/sharedStrings.xml", "<sst><si><t>Name</t></si><si><r><t>Am</t></r><r><t>ount</t></r></si></sst>"},
               {"xl/worksheets/sheet1.xml",
                "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row><c "
                "t=\"inlineStr\"><is><t>Ann</t></is></c><c><f>1+1</f><v>2</v></c><c t=\"s\"><v>99</v></c></row>"
                "</sheetData></worksheet>"},
               {"xl/worksheets/sheet2.xml",
                "<worksheet><sheetData><row><c t=\"b\"><v>1</v></c></row></sheetData></worksheet>"}}),
          limits)),
      "Name\tAmount\nAnn\t2\n\fTRUE\n");
}

TEST(Xlsx, WritesDatesInIso) {
  const auto sheet = [](const std::string& properties) {
    return text_of(read_xlsx(
        make_zip({{"xl/workbook.xml", "<workbook>" + properties + "</workbook>"},
                  {"xl/styles.xml",
                   "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd.mm.yyyy hh:mm\"/></numFmts>"
                   "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>"
                   "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>"},
                  {"xl/worksheets/sheet1.xml",
                   "<worksheet><sheetData><row><c><v>46053</v></c><c s=\"1\"><v>46053</v></c><c s=\"2\" t=\"n\">"
                   "<v>46053.5</v></c><c s=\"1\" t=\"str\"><v>46053</v></c><c s=\"7\"><v>1.5</v></c></row><row>"
                   "<c><v>19.989999999999998</v></c><c><v>2.5000000000000001E-2</v></c><c><v>12345678901234567</v></c>"
                   "</row></sheetData></worksheet>"}}),
        limits));
  };
  EXPECT_EQ(sheet(""), "46053\t2026-01-31\t2026-01-31 12:00:00\t46053\t1.5\n19.99\t0.025\t12345678901234567\n");
  EXPECT_EQ(sheet("<workbookPr date1904=\"1\"/>"),
            "46053\t2030-02-01\t2030-02-01 12:00:00\t46053\t1.5\n19.99\t0.025\t12345678901234567\n");
}

TEST(Odt, BecomesParagraphs) {
  EXPECT_EQ(
      text_of(read_odt(make_zip({{"mimetype", "application/vnd.oasis.opendocument.text"},
                                 {"content.xml",
                                  "<o:document-content xmlns:o=\"o\" xmlns:text=\"t\"><o:body><text:h>Title</text:h>\n "
                                  "<text:p>One <text:span>two</text:span><text:s text:c=\"2\"/>three<text:line-break/>"
                                  "four</text:p></o:body></o:document-content>"}}),
                       limits)),
      "Title\n\nOne two  three\nfour\n");
}

TEST(Odt, ThatIsEncryptedSaysSo) {
  EXPECT_EQ(
      code_of(read_odt(
          make_zip({{"META-INF/manifest.xml", "<manifest:encryption-data/>"}, {"content.xml", "\x01\x02"}}), limits)),
      "encrypted");
}

// -- Mail

TEST(Mail, BecomesHeadersAndText) {
  EXPECT_EQ(text_of(read_mail(
                "From: =?iso-8859-1?Q?J=FCrgen?= <j@example.com>\r\nTo: ann@example.com\r\nSubject: "
                "=?utf-8?B?R3LDvMOfZQ==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
                "boundary=\"b\"\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=\"c\"\r\n\r\n--c\r\n"
                "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable"
                "\r\n\r\nSch=F6ne Gr=FC=DFe\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--c--\r\n"
                "--b\r\nContent-Type: application/pdf; name=\"bill.pdf\"\r\nContent-Disposition: attachment; "
                "filename=\"bill.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n",
                limits)),
            "Subject: Grüße\nFrom: Jürgen <j@example.com>\nTo: ann@example.com\n\nSchöne Grüße\n\n[bill.pdf]\n");
}

TEST(Mail, OfHtmlAloneIsReadAsHtml) {
  EXPECT_THAT(
      text_of(read_mail(
          "From: a@example.com\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n<p>One</p><p>Two</p>", limits)),
      HasSubstr("One\n\nTwo\n"));
}

std::string attached(const std::string& inner, int level) {
  const auto boundary = "b" + std::to_string(level);
  return "From: a@example.com\nSubject: level " + std::to_string(level) +
         "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n--" + boundary +
         "\nContent-Type: text/plain\n\ntext " + std::to_string(level) + "\n--" + boundary +
         "\nContent-Type: message/rfc822\n\n" + inner + "\n--" + boundary + "--\n";
}

TEST(Mail, HasTheTextOfAttachedMessages) {
  const auto mail = attached(attached("From: a@example.com\nSubject: inner\n\ninnermost\n", 2), 1);
  const auto text = text_of(read_mail(mail, limits));
  EXPECT_THAT(text, HasSubstr("level 1"));
  EXPECT_THAT(text, HasSubstr("level 2"));
  EXPECT_THAT(text, HasSubstr("innermost"));
}

// What a mail looks like that has itself attached, as far as a file can.
TEST(Mail, ThatIsAttachedToItselfIsTooLarge) {
  std::string mail = "From: a@example.com\nSubject: innermost\n\nend\n";
  for (int level = 0; level < 40; ++level) mail = attached(mail, level);
  const auto read = read_mail(mail, limits);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::too_large);
  EXPECT_EQ(read.error().message, "Messages are attached to messages more than 16 deep.");
}

TEST(Mail, MayBeNestedAsDeepAsItLikes) {
  std::string mail;
  for (int level = 0; level < 20'000; ++level) {
    mail += "From: a@example.com\nContent-Type: multipart/mixed; boundary=\"b" + std::to_string(level) + "\"\n\n--b" +
            std::to_string(level) + "\n";
  }
  EXPECT_THAT(code_of(read_mail(mail + "Content-Type: text/plain\n\ndeep\n", limits)),
              testing::AnyOf("read", "too_large"));
  std::string messages;
  for (int level = 0; level < 20'000; ++level) messages += "Content-Type: message/rfc822\n\n";
  EXPECT_EQ(code_of(read_mail("From: a@example.com\n" + messages + "\nend\n", limits)), "too_large");
}

}  // namespace
}  // namespace docmill
