// DOCX, PPTX, XLSX and ODT become plain text.
#include <gmock/gmock.h>

#include "documents/text/readers.hpp"
#include "documents/text/readers_test_support.hpp"
#include "documents/text/test_zip.hpp"

namespace docmill {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string docx(const std::string& body) {
  return make_zip({{"word/document.xml",
                    "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>" + body + "</w:body></w:document>"}});
}

std::string relations(const std::vector<std::pair<std::string, std::string>>& kinds_and_targets) {
  std::string xml = "<Relationships>";
  int number = 0;
  for (const auto& [kind, target] : kinds_and_targets) {
    xml += "<Relationship Id=\"r" + std::to_string(++number) + "\" Type=\"http://x/relationships/" + kind +
           "\" Target=\"" + target + "\"/>";
  }
  return xml + "</Relationships>";
}

std::string shape(const std::string& text, const std::string& placeholder, const std::string& place = "") {
  return "<p:sp><p:nvSpPr><p:nvPr>" + placeholder + "</p:nvPr></p:nvSpPr><p:spPr>" + place +
         "</p:spPr><p:txBody><a:p><a:r><a:t>" + text + "</a:t></a:r></a:p></p:txBody></p:sp>";
}

std::string at(int left, int top) {
  return "<a:xfrm><a:off x=\"" + std::to_string(left) + "\" y=\"" + std::to_string(top) +
         "\"/><a:ext cx=\"100\" cy=\"100\"/></a:xfrm>";
}

std::string tree(const std::string& shapes) {
  return "<p:sld xmlns:p=\"p\" xmlns:a=\"a\"><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/>" + shapes +
         "</p:spTree></p:cSld></p:sld>";
}

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

TEST(Docx, OfWhichAPartIsDamagedInTheArchiveIsReadWithoutIt) {
  std::string figures;
  for (int i = 0; i < 200; ++i) figures += std::to_string(i * 7919);
  const auto foot = "<w:ftr xmlns:w=\"w\"><w:p><w:r><w:t>" + figures + "</w:t></w:r></w:p></w:ftr>";
  const auto body = "<w:document xmlns:w=\"w\"><w:p><w:r><w:t>body" + figures + "</w:t></w:r></w:p></w:document>";
  const auto damaged = [&](const std::string& part) {
    auto bytes = make_zip({{"word/footer1.xml", foot}, {"word/document.xml", body}});
    bytes.replace(bytes.find(part) + part.size() + 100, 8, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    return read_docx(bytes, limits);
  };
  const auto without_footer = damaged("word/footer1.xml");
  ASSERT_TRUE(without_footer) << without_footer.error().message;
  EXPECT_EQ(without_footer->text, "body" + figures + "\n");
  EXPECT_EQ(without_footer->left_out, std::vector<std::string>{"The part word/footer1.xml is empty or damaged."});
  const auto without_body = damaged("word/document.xml");
  ASSERT_FALSE(without_body);
  EXPECT_EQ(without_body.error().message, "The part word/document.xml is empty or damaged.");
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

// -- Parts that cannot be read

const std::string malformed = "<w:x><w:t>never closed";

std::string left_out_of(const Result<PlainText>& read) {
  std::string names;
  if (!read) return read.error().message;
  for (const auto& sentence : read->left_out) {
    const auto begin = sentence.find("The part ") + 9;
    names += (names.empty() ? "" : " ") + sentence.substr(begin, sentence.find(" is no") - begin);
  }
  return names;
}

TEST(Docx, IsReadWithoutMinorPartsThatAreDamaged) {
  const std::string body =
      "<w:document xmlns:r=\"r\"><w:p><w:t>before</w:t><c:chart r:id=\"r1\"/><w:t>after</w:t></w:p></w:document>";
  const auto read = read_docx(make_zip({{"word/document.xml", body},
                                        {"word/_rels/document.xml.rels", relations({{"chart", "charts/chart1.xml"}})},
                                        {"word/charts/chart1.xml", malformed},
                                        {"word/header1.xml", malformed},
                                        {"word/footer1.xml", "<w:ftr><w:p><w:t>foot</w:t></w:p></w:ftr>"},
                                        {"word/footnotes.xml", malformed},
                                        {"word/comments.xml", malformed}}),
                              limits);
  EXPECT_EQ(text_of(read), "before\n\nafter\n\nfoot\n");
  EXPECT_EQ(left_out_of(read), "word/header1.xml word/charts/chart1.xml word/footnotes.xml word/comments.xml");
  ASSERT_TRUE(read);
  EXPECT_THAT(read->left_out.front(), HasSubstr("is no well-formed XML ("));
}

TEST(Pptx, IsReadWithoutSlidesThatAreDamaged) {
  const auto good = tree(shape("good", ""));
  const auto read = read_pptx(
      make_zip({{"ppt/slides/slide1.xml", malformed},
                {"ppt/slides/slide2.xml", good},
                {"ppt/slides/_rels/slide2.xml.rels", relations({{"notesSlide", "../notesSlides/notesSlide2.xml"}})},
                {"ppt/notesSlides/notesSlide2.xml", malformed}}),
      limits);
  EXPECT_EQ(text_of(read), "good\n");
  EXPECT_EQ(left_out_of(read), "ppt/slides/slide1.xml ppt/notesSlides/notesSlide2.xml");
  EXPECT_EQ(code_of(read_pptx(make_zip({{"ppt/slides/slide1.xml", malformed}}), limits)), "unreadable");
}

TEST(Pptx, SaysThatPartsAreMissingWhereItsRelationsAreDamaged) {
  const auto read = read_pptx(
      make_zip(
          {{"ppt/presentation.xml", "<p:presentation><p:sldIdLst><p:sldId r:id=\"r1\"/></p:sldIdLst></p:presentation>"},
           {"ppt/_rels/presentation.xml.rels", malformed},
           {"ppt/slides/slide1.xml", tree(shape("good", "") + "<c:chart r:id=\"r1\"/>")},
           {"ppt/slides/_rels/slide1.xml.rels", malformed}}),
      limits);
  EXPECT_EQ(text_of(read), "good\n");
  EXPECT_EQ(left_out_of(read), "ppt/_rels/presentation.xml.rels ppt/slides/_rels/slide1.xml.rels");
}

TEST(Xlsx, IsReadWithoutPartsThatAreDamaged) {
  const std::string sheet = "<worksheet><row><c><v>1.50</v></c><c t=\"s\"><v>0</v></c></row></worksheet>";
  const auto read =
      read_xlsx(make_zip({{"xl/workbook.xml", malformed},
                          {"xl/styles.xml", malformed},
                          {"xl/sharedStrings.xml", malformed},
                          {"xl/worksheets/sheet1.xml", malformed},
                          {"xl/worksheets/sheet2.xml", sheet},
                          {"xl/worksheets/_rels/sheet2.xml.rels",
                           relations({{"drawing", "../drawings/drawing1.xml"}, {"comments", "../comments1.xml"}})},
                          {"xl/drawings/drawing1.xml", malformed},
                          {"xl/comments1.xml", malformed}}),
                limits);
  EXPECT_EQ(text_of(read), "1.5\n");
  EXPECT_EQ(left_out_of(read),
            "xl/sharedStrings.xml xl/styles.xml xl/workbook.xml xl/worksheets/sheet1.xml xl/drawings/drawing1.xml "
            "xl/comments1.xml");
  const auto nothing = read_xlsx(make_zip({{"xl/worksheets/sheet1.xml", malformed}}), limits);
  EXPECT_EQ(code_of(nothing), "unreadable");
}

TEST(Odt, IsReadWithoutStylesThatAreDamaged) {
  const auto read =
      read_odt(make_zip({{"content.xml", "<o><text:p>body</text:p></o>"}, {"styles.xml", malformed}}), limits);
  EXPECT_EQ(text_of(read), "body\n");
  EXPECT_EQ(left_out_of(read), "styles.xml");
  EXPECT_EQ(code_of(read_odt(make_zip({{"content.xml", malformed}}), limits)), "unreadable");
}

// However many parts are damaged, and whatever they are called, the record stays small.
TEST(Docx, SaysNoMoreThanAFewSentencesOfWhatIsLeftOut) {
  std::vector<std::pair<std::string, std::string>> members{{"word/document.xml", "<w:p><w:t>text</w:t></w:p>"}};
  for (int i = 1; i <= 100; ++i) {
    members.emplace_back("word/header" + std::string(i < 50 ? 10 : 1000, '0') + std::to_string(i) + ".xml", malformed);
  }
  const auto read = read_docx(make_zip(members), limits);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->left_out.size(), 20U);
  for (const auto& sentence : read->left_out) EXPECT_LE(sentence.size(), 500U);
}

TEST(Pptx, BecomesSlidesInOrder) {
  const auto slide = [](const std::string& text) { return tree(shape(text, "")); };
  EXPECT_EQ(
      text_of(read_pptx(
          make_zip({{"ppt/slides/slide10.xml", slide("last")},
                    {"ppt/slides/slide2.xml", slide("second")},
                    {"ppt/slides/slide1.xml", slide("first")},
                    {"ppt/slides/_rels/slide2.xml.rels", relations({{"slideLayout", "../slideLayouts/slideLayout1.xml"},
                                                                    {"notesSlide", "../notesSlides/notesSlide1.xml"}})},
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

TEST(Xlsx, WritesNumbersAsTheyAreShown) {
  EXPECT_EQ(
      text_of(read_xlsx(
          make_zip({{"xl/styles.xml",
                     "<styleSheet><numFmts><numFmt numFmtId=\"164\" "
                     "formatCode=\"&quot;$&quot;#,##0.00;[Red]\\-&quot;$&quot;#,##0.00\"/>"
                     "</numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"10\"/><xf "
                     "numFmtId=\"164\"/></cellXfs></styleSheet>"},
                    {"xl/worksheets/sheet1.xml",
                     "<worksheet><sheetData><row><c><v>1234.5</v></c><c s=\"1\"><v>2.5000000000000001E-2</v></c>"
                     "<c s=\"2\"><v>1599.99</v></c><c s=\"2\"><v>-3</v></c><c s=\"9\"><v>7</v></c></row></sheetData>"
                     "</worksheet>"}}),
          limits)),
      "1234.5\t2.50%\t$1,599.99\t-$3.00\t7\n");
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

// -- Parts that others show

TEST(Docx, HasTheTextOfItsDiagramsChartsAndChunks) {
  const auto body = std::string("<w:document xmlns:w=\"w\" xmlns:r=\"r\"><w:body><w:p><w:r><w:t>one</w:t><w:drawing>") +
                    "<c:chart xmlns:c=\"c\" r:id=\"r1\"/></w:drawing></w:r></w:p><w:p><w:r><w:drawing>" +
                    "<dgm:relIds r:dm=\"r2\"/></w:drawing><w:t>two</w:t></w:r></w:p><w:altChunk r:id=\"r3\"/>" +
                    "<w:altChunk r:id=\"r3\"/><w:altChunk r:id=\"nobody\"/></w:body></w:document>";
  const auto cache = [](const std::string& text) {
    return "<c:strCache><c:pt><c:v>" + text + "</c:v></c:pt></c:strCache>";
  };
  EXPECT_EQ(
      text_of(read_docx(
          make_zip(
              {{"word/document.xml", body},
               {"word/_rels/document.xml.rels", relations({{"chart", "charts/chart1.xml"},
                                                           {"diagramData", "/word/diagrams/data7.xml"},
                                                           {"aFChunk", "../any/where.html"}})},
               {"word/charts/chart1.xml", "<c:chartSpace><a:p><a:r><a:t>Title</a:t></a:r></a:p>" + cache("Rain") +
                                              cache("May") + cache("Rain") + "<c:numCache><c:pt><c:v>7</c:v></c:pt>" +
                                              "</c:numCache></c:chartSpace>"},
               {"word/diagrams/data7.xml",
                "<dgm:dataModel><dgm:pt><dgm:t><a:p><a:r><a:t>Step</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>"},
               {"any/where.html", "<p>From &lt;elsewhere&gt;</p>"}}),
          limits)),
      "one\n\nTitle\n\nRain\nMay\n\nStep\n\ntwo\n\nFrom <elsewhere>\n");
}

// Its relations, too, may be damaged, lead outside, or to the part itself.
TEST(Docx, IsReadWithoutWhatItsRelationsDoNotName) {
  const std::string body = "<w:document xmlns:r=\"r\"><w:p><w:t>text</w:t><c:chart r:id=\"r1\"/></w:p></w:document>";
  for (const auto& rels : {std::string("<Relationships"), relations({{"chart", "../../../etc/passwd"}}),
                           relations({{"chart", "document.xml"}}), relations({{"chart", ""}})}) {
    const auto text =
        text_of(read_docx(make_zip({{"word/document.xml", body}, {"word/_rels/document.xml.rels", rels}}), limits));
    EXPECT_THAT(text, testing::StartsWith("text\n")) << rels;
  }
}

// -- Slides

std::string text_of_slide(const std::string& shapes, const std::string& layout = "", const std::string& master = "") {
  return text_of(read_pptx(
      make_zip({{"ppt/slides/slide1.xml", tree(shapes)},
                {"ppt/slides/_rels/slide1.xml.rels", relations({{"slideLayout", "../slideLayouts/slideLayout1.xml"}})},
                {"ppt/slideLayouts/slideLayout1.xml", tree(layout)},
                {"ppt/slideLayouts/_rels/slideLayout1.xml.rels",
                 relations({{"slideMaster", "../slideMasters/slideMaster1.xml"}})},
                {"ppt/slideMasters/slideMaster1.xml", tree(master)}}),
      limits));
}

TEST(Pptx, IsReadFromTopToBottomAndLeftToRight) {
  EXPECT_EQ(text_of_slide(shape("4", "", at(500, 310)) + shape("3", "", at(0, 330)) + shape("2", "", at(500, 120)) +
                          shape("foot", "<p:ph type=\"ftr\"/>", at(0, 0)) + shape("1", "", at(0, 100)) +
                          shape("title", "<p:ph type=\"ctrTitle\"/>", at(0, 900))),
            "title\n\n1\n\n2\n\n3\n\n4\n\nfoot\n");
}

TEST(Pptx, TakesPlacesFromLayoutAndMaster) {
  const auto shapes = shape("second", "<p:ph idx=\"2\"/>") + shape("first", "<p:ph idx=\"1\"/>") +
                      shape("third", "<p:ph type=\"chart\"/>");
  EXPECT_EQ(
      text_of_slide(shapes, shape("", "<p:ph idx=\"1\"/>", at(0, 100)) + shape("", "<p:ph idx=\"2\"/>", at(0, 300)),
                    shape("", "<p:ph type=\"chart\"/>", at(0, 500))),
      "first\n\nsecond\n\nthird\n");
  EXPECT_EQ(text_of_slide(shapes), "second\n\nfirst\n\nthird\n") << "no places: as they were put in";
}

TEST(Pptx, HasItsSlidesAsThePresentationListsThem) {
  EXPECT_EQ(text_of(read_pptx(make_zip({{"ppt/presentation.xml",
                                         "<p:presentation><p:sldIdLst><p:sldId id=\"256\" r:id=\"r2\"/>"
                                         "<p:sldId id=\"257\" r:id=\"r1\"/></p:sldIdLst></p:presentation>"},
                                        {"ppt/_rels/presentation.xml.rels",
                                         relations({{"slide", "slides/slide1.xml"}, {"slide", "slides/slide2.xml"}})},
                                        {"ppt/slides/slide1.xml", tree(shape("later", ""))},
                                        {"ppt/slides/slide2.xml", tree(shape("earlier", ""))},
                                        {"ppt/slides/slide3.xml", tree(shape("deleted", ""))}}),
                              limits)),
            "earlier\n\flater\n");
}

TEST(Pptx, HasTheTextThatLayoutsAndMastersShowOnce) {
  const auto slide = tree(shape("slide", ""));
  const auto link = relations({{"slideLayout", "../slideLayouts/slideLayout1.xml"}});
  EXPECT_EQ(text_of(read_pptx(make_zip({{"ppt/slides/slide1.xml", slide},
                                        {"ppt/slides/slide2.xml", slide},
                                        {"ppt/slides/_rels/slide1.xml.rels", link},
                                        {"ppt/slides/_rels/slide2.xml.rels", link},
                                        {"ppt/slideLayouts/slideLayout1.xml",
                                         tree(shape("layout", "") + shape("Click here", "<p:ph type=\"title\"/>"))},
                                        {"ppt/slideLayouts/_rels/slideLayout1.xml.rels",
                                         relations({{"slideMaster", "../slideMasters/slideMaster1.xml"}})},
                                        {"ppt/slideMasters/slideMaster1.xml", tree(shape("master", ""))}}),
                              limits)),
            "slide\n\nlayout\n\nmaster\n\fslide\n");
}

// -- Sheets

TEST(Xlsx, HasSheetsInOrderWithWhatStandsAroundTheirRows) {
  const auto row = [](const std::string& text) {
    return "<sheetData><row><c t=\"str\"><v>" + text + "</v></c></row></sheetData>";
  };
  EXPECT_EQ(
      text_of(read_xlsx(
          make_zip(
              {{"xl/workbook.xml",
                "<workbook><sheets><sheet name=\"b\" r:id=\"r2\"/><sheet name=\"a\" "
                "r:id=\"r1\"/></sheets></workbook>"},
               {"xl/_rels/workbook.xml.rels",
                relations({{"worksheet", "worksheets/sheet1.xml"}, {"worksheet", "worksheets/sheet2.xml"}})},
               {"xl/worksheets/sheet1.xml", "<worksheet>" + row("second") + "</worksheet>"},
               {"xl/worksheets/sheet2.xml",
                "<worksheet>" + row("first") +
                    "<headerFooter><oddHeader>&amp;LLeft&amp;C&amp;\"Arial,Bold\"&amp;12A &amp;&amp; B&amp;K01+000 c"
                    "&amp;RPage &amp;P</oddHeader><oddFooter>Foot&amp;</oddFooter></headerFooter></worksheet>"},
               {"xl/worksheets/_rels/sheet2.xml.rels",
                relations({{"drawing", "../drawings/drawing1.xml"}, {"comments", "../comments1.xml"}})},
               {"xl/drawings/drawing1.xml", "<xdr:wsDr><a:p><a:r><a:t>box</a:t></a:r></a:p></xdr:wsDr>"},
               {"xl/comments1.xml",
                "<comments><authors><author>Ann</author></authors><commentList><comment "
                "ref=\"A1\"><text><r><t>sic</t></r></text></comment></commentList></comments>"}}),
          limits)),
      "Left\nA & B c\nPage\n\nfirst\n\nFoot\n\nbox\n\nsic\n\fsecond\n");
}

TEST(Odt, HasHeadersAndFooters) {
  EXPECT_EQ(
      text_of(read_odt(
          make_zip({{"content.xml", "<o:document-content><o:body><text:p>body</text:p></o:body></o:document-content>"},
                    {"styles.xml",
                     "<o:document-styles><o:styles><text:p>no text</text:p></o:styles><o:master-styles>"
                     "<style:master-page><style:header><text:p>head</text:p></style:header><style:footer><text:p>foot"
                     "</text:p></style:footer></style:master-page></o:master-styles></o:document-styles>"}}),
          limits)),
      "head\n\nbody\n\nfoot\n");
}

}  // namespace
}  // namespace docmill
