#include "processors/ocr/render_xml.hpp"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "processors/ocr/render_test_support.hpp"

namespace docmill::ocr {
namespace {

using boost::property_tree::ptree;

// Throws if it is not well-formed.
ptree parsed(const std::string& xml) {
  std::istringstream stream(xml);
  ptree tree;
  read_xml(stream, tree, boost::property_tree::xml_parser::trim_whitespace);
  return tree;
}

std::string escaped(std::string_view text) {
  std::string out;
  append_xml(out, text);
  return out;
}

RenderSource source_called(const std::string& name) {
  RenderSource source;
  source.name = name;
  return source;
}

TextPage hostile_page() {
  auto page = sample_page();
  page.blocks[0].paragraphs[0].lines[0].words[0].text = "<b>&\"'\x01\x1B\uFFFE\xFF]]>";
  page.blocks.push_back(Block{});
  page.blocks.push_back(block_of({Line{}}));
  return page;
}

TEST(Xml, EscapesWhatHasAMeaning) { EXPECT_EQ(escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;'"); }

TEST(Xml, LeavesOutWhatIsNoXmlCharacter) {
  EXPECT_EQ(escaped("a\x01\uFFFE\uFFFF\x1F"
                    "b"),
            "ab");
}

TEST(Xml, MakesIllFormedUtf8Visible) {
  EXPECT_EQ(escaped("a\xFF"
                    "b"),
            "a\uFFFDb");
}

TEST(Xml, KeepsEveryScript) { EXPECT_EQ(escaped("äжשع中😀"), "äжשع中😀"); }

TEST(Xml, TellsOneLanguageOnly) {
  EXPECT_EQ(language_tag("eng"), "eng");
  EXPECT_EQ(language_tag("chi_sim"), "chi-sim");
  EXPECT_EQ(language_tag("eng+deu"), "");
  EXPECT_EQ(language_tag("script/Latin"), "");
  EXPECT_EQ(language_tag(""), "");
}

TEST(HocrRenderer, WritesPagesAreasLinesAndWords) {
  const auto tree = parsed(render("hocr", {sample_page(1), sample_page(3)}, source_called("a \"b\".png")));
  const auto& body = tree.get_child("html.body");
  ASSERT_EQ(body.count("div"), 2U);
  const auto& page = body.back().second;
  EXPECT_EQ(page.get<std::string>("<xmlattr>.class"), "ocr_page");
  EXPECT_EQ(page.get<std::string>("<xmlattr>.lang"), "eng");
  EXPECT_EQ(page.get<std::string>("<xmlattr>.title"),
            "image \"a 'b'.png\"; x_source \"a 'b'.png\" 3; bbox 0 0 1000 500; ppageno 2; scan_res 100 100");
  const auto& line = page.get_child("div.p.span");
  EXPECT_EQ(line.get<std::string>("<xmlattr>.id"), "line_3_1");
  EXPECT_EQ(line.get<std::string>("<xmlattr>.title"), "bbox 100 40 330 70; baseline 0 0");
  EXPECT_EQ(line.get<std::string>("span.<xmlattr>.title"), "bbox 100 40 200 70; x_wconf 95");
  EXPECT_EQ(line.get<std::string>("span"), "Hello");
}

TEST(HocrRenderer, MarksRightToLeftParagraphs) {
  auto page = sample_page();
  page.blocks[0].paragraphs[0].lines[0].right_to_left = true;
  const auto tree = parsed(render("hocr", {page}));
  EXPECT_EQ(tree.get<std::string>("html.body.div.div.p.<xmlattr>.dir"), "rtl");
}

TEST(HocrRenderer, StaysWellFormedWhateverTheTextIs) {
  const auto tree = parsed(render("hocr", {hostile_page()}, source_called("a<&\x02\n\xFF.png")));
  EXPECT_EQ(tree.get<std::string>("html.body.div.div.p.span.span"), "<b>&\"'\uFFFD]]>");
}

TEST(HocrRenderer, IsADocumentWithoutPagesToo) { EXPECT_EQ(parsed(render("hocr", {})).count("html"), 1U); }

TEST(AltoRenderer, WritesPagesBlocksLinesAndStrings) {
  const auto tree = parsed(render("alto", {sample_page(3)}, source_called("a<b.png")));
  EXPECT_EQ(tree.get<std::string>("alto.Description.sourceImageInformation.fileName"), "a<b.png");
  const auto& page = tree.get_child("alto.Layout.Page");
  EXPECT_EQ(page.get<std::string>("<xmlattr>.PHYSICAL_IMG_NR"), "3");
  EXPECT_EQ(page.get_child("PrintSpace").count("ComposedBlock"), 2U);
  const auto& line = page.get_child("PrintSpace.ComposedBlock.TextBlock.TextLine");
  EXPECT_EQ(line.get<std::string>("<xmlattr>.BASELINE"), "100 70 330 70");
  EXPECT_EQ(line.count("String"), 2U);
  EXPECT_EQ(line.count("SP"), 1U);
  EXPECT_EQ(line.get<std::string>("String.<xmlattr>.CONTENT"), "Hello");
  EXPECT_EQ(line.get<std::string>("String.<xmlattr>.WC"), "0.95");
  EXPECT_EQ(line.get<std::string>("SP.<xmlattr>.HPOS"), "200");
  EXPECT_EQ(line.get<std::string>("SP.<xmlattr>.WIDTH"), "20");
}

TEST(AltoRenderer, PutsTheSpaceBetweenWordsThatRunFromRightToLeft) {
  auto page = sample_page();
  page.blocks = {block_of({line_of({{"שלום", {220, 40, 330, 70}, 1}, {"עולם", {100, 40, 200, 70}, 1}})})};
  page.blocks[0].paragraphs[0].lines[0].right_to_left = true;
  const auto tree = parsed(render("alto", {page}));
  const auto& line = tree.get_child("alto.Layout.Page.PrintSpace.ComposedBlock.TextBlock.TextLine");
  EXPECT_EQ(line.get<std::string>("<xmlattr>.BASEDIRECTION"), "rtl");
  EXPECT_EQ(line.get<std::string>("SP.<xmlattr>.HPOS"), "200");
  EXPECT_EQ(line.get<std::string>("SP.<xmlattr>.WIDTH"), "20");
}

TEST(AltoRenderer, StaysValidWhateverTheTextIs) {
  const auto tree = parsed(render("alto", {hostile_page()}));
  const auto& space = tree.get_child("alto.Layout.Page.PrintSpace");
  EXPECT_EQ(space.count("ComposedBlock"), 2U);  // the empty ones are left out
  EXPECT_EQ(space.get<std::string>("ComposedBlock.TextBlock.TextLine.String.<xmlattr>.CONTENT"), "<b>&\"'\uFFFD]]>");
}

}  // namespace
}  // namespace docmill::ocr
