#include "processors/validation/validation_stage.hpp"

#include <gmock/gmock.h>
#include <leptonica/allheaders.h>

#include <array>
#include <boost/json.hpp>

#include "documents/test_files.hpp"
#include "processors/page_test_support.hpp"
#include "processors/pipeline.hpp"
#include "processors/pix.hpp"
#include "processors/test_support.hpp"

namespace docmill {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Validated {
  Result<TaskOutput> output = TaskOutput{};
  Surroundings surroundings;

  json::object report() { return json::parse(surroundings.text("validation.json")).as_object(); }
  json::object record() const { return json::parse(output->record).as_object().at("validation").as_object(); }
  std::string html() { return surroundings.text("validation.html"); }
  std::string verdict() { return std::string(report().at("verdict").as_string()); }

  // "code" or "code:page", as they stand in the report.
  std::vector<std::string> codes() {
    std::vector<std::string> codes;
    const auto whole = report();
    for (const auto& finding : whole.at("findings").as_array()) {
      auto& code = codes.emplace_back(finding.at("code").as_string());
      if (const auto* page = finding.as_object().if_contains("page")) code += ":" + std::to_string(page->as_int64());
    }
    return codes;
  }
};

TaskInput input_of(const Descriptor& file, const std::string& options, const std::string& name) {
  TaskInput input;
  input.name = name;
  input.pipeline = "validation";
  input.descriptor = file.get();
  input.options = options;
  return input;
}

Validated validated(const std::string& bytes, const std::string& name, const std::string& options = "{}") {
  const std::array stages{&validation_stage()};
  const auto file = docmill::memory_file(bytes);
  Validated done;
  done.output = run_pipeline(stages, input_of(file, options, name), done.surroundings);
  EXPECT_TRUE(done.output) << done.output.error().message;
  return done;
}

std::string text_content(int page) {
  return "BT /F 12 Tf 100 700 Td (The committee measured bridge " + std::to_string(page) + " on 3 May 2024.) Tj ET";
}

std::string pdf_of_text(int pages) {
  test::PdfFile pdf;
  for (int i = 1; i <= pages; ++i) pdf.add_page(text_content(i), test::helvetica, test::letter_size);
  return pdf.bytes();
}

std::string png_of(const Image& page) { return test::encoded(page.pix(), IFF_PNG); }

TEST(Validation, FindsNothingButNotesInACleanDocument) {
  auto done = validated(pdf_of_text(2), "a.pdf");
  EXPECT_THAT(done.codes(), ElementsAre("standard_font_missing:1"));
  EXPECT_EQ(done.verdict(), "valid");
  const auto report = done.report();
  EXPECT_EQ(report.at("score").to_number<double>(), 1);
  EXPECT_EQ(report.at("schema").as_string(), "docmill.validation/1");
  EXPECT_EQ(report.at("media_type").as_string(), "application/pdf");
  EXPECT_EQ(report.at("sha256").as_string().size(), 64U);
  EXPECT_EQ(done.record().at("verdict").as_string(), "valid");
  EXPECT_EQ(done.record().at("signature").as_string().size(), 256U);
  EXPECT_EQ(done.surroundings.most_megapixels, 0) << "a page with text was drawn";
  EXPECT_THAT(done.html(), Not(HasSubstr("<figure>")));
}

TEST(Validation, FindsNothingInACleanScan) {
  auto done = validated(png_of(text_page(150, 12)), "a.png");
  EXPECT_THAT(done.codes(), IsEmpty());
  EXPECT_EQ(done.verdict(), "valid");
}

TEST(Validation, JudgesWhatCannotBeOpened) {
  struct Case {
    std::string bytes;
    std::string name;
    std::string code;
  };
  for (const auto& [bytes, name, code] :
       {Case{"%PDF-1.7\nnothing more", "a.pdf", "unreadable"}, Case{"", "a.pdf", "unreadable"},
        Case{std::string("\x7f"
                         "ELF\0\0\0\x01",
                         8),
             "a.pdf", "unsupported_type"}}) {
    auto done = validated(bytes, name);
    EXPECT_THAT(done.codes(), ElementsAre(code));
    EXPECT_EQ(done.verdict(), "invalid");
    EXPECT_EQ(done.report().at("score").to_number<double>(), 0);
    EXPECT_EQ(done.output->outcome, Outcome::ok);
    EXPECT_EQ(done.record().at("worst").at("code").as_string(), code);
  }
}

// The password opens the attached files only: readers show the pages to everybody.
TEST(Validation, SaysWhereOnlyAttachmentsAreEncrypted) {
  auto pdf = test::one_page(text_content(1));
  const std::string root = "/Root 1 0 R";
  const std::string key(32, 'x');
  pdf.replace(pdf.find(root), root.size(),
              root + "/ID[<00><00>]/Encrypt<</Filter/Standard/V 4/R 4/Length 128/P -4/O(" + key + ")/U(" + key +
                  ")/CF<</StdCF<</AuthEvent/EFOpen/CFM/AESV2/Length 16>>>>/StmF/Identity/StrF/Identity/EFF/StdCF>>");
  auto done = validated(pdf, "a.pdf");
  EXPECT_THAT(done.codes(), ElementsAre("encryption", "not_all_inspected"));
  EXPECT_EQ(done.verdict(), "warning");
}

TEST(Validation, FindsDamageOfOnePage) {
  test::PdfFile pdf;
  pdf.add_page(text_content(1), test::helvetica, test::letter_size);
  pdf.add_page("", "", test::letter_size);
  auto done = validated(pdf.bytes(), "a.png");
  EXPECT_THAT(done.codes(), ElementsAre("type_mismatch", "blank_page:2", "standard_font_missing:1"));
  EXPECT_THAT(done.html(), HasSubstr("<b>Page 2</b>"));
  const auto whole = json::parse(done.output->record);
  EXPECT_EQ(whole.at("pages").at(1).at("status").as_string(), "blank");
  auto blank = validated(test::one_page("", ""), "a.pdf", R"({"thumbnails":0})");
  EXPECT_THAT(blank.codes(), ElementsAre("blank_document", "blank_page:1"));
  EXPECT_THAT(blank.html(), Not(HasSubstr("<figure>")));
}

TEST(Validation, AnImageThatCannotBeDecodedIsAFindingAndNoFailure) {
  auto bytes = png_of(text_page(150, 12));
  bytes.resize(bytes.size() / 2);
  auto done = validated(bytes, "a.png");
  EXPECT_THAT(done.codes(), ElementsAre("page_unreadable:1"));
  EXPECT_EQ(done.verdict(), "invalid");
}

TEST(Validation, AnImageThatIsDamagedInPartIsAFinding) {
  const auto jpeg = test::encoded(text_page(150, 12).pix(), IFF_JFIF_JPEG);
  auto done = validated(jpeg.substr(0, jpeg.size() / 2), "a.jpg");
  EXPECT_THAT(done.codes(), testing::Contains("page_damaged:1"));
  EXPECT_EQ(done.verdict(), "invalid");
  EXPECT_EQ(done.output->outcome, Outcome::partial);
}

TEST(Validation, TakesHolesInNegativesForNoLetters) {
  const auto negative = owned(pixInvert(nullptr, text_page(150, 8).pix()));
  pixSetResolution(negative.pix(), 300, 300);
  EXPECT_THAT(validated(png_of(negative), "a.png").codes(), IsEmpty());
}

TEST(Validation, MeasuresScans) {
  const auto codes_of = [](const Image& page, const std::string& options = "{}") {
    return validated(png_of(page), "a.png", options).codes();
  };
  auto page = text_page(150, 12);
  constexpr float three_degrees = 0.0524F;
  const auto skewed = owned(pixRotate(page.pix(), three_degrees, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
  pixSetResolution(skewed.pix(), 300, 300);
  EXPECT_THAT(codes_of(skewed), ElementsAre("skewed:1"));

  const auto blurred = owned(pixBlockconvGray(owned(pixBlockconvGray(page.pix(), nullptr, 6, 6)).pix(), nullptr, 6, 6));
  pixSetResolution(blurred.pix(), 300, 300);
  EXPECT_THAT(codes_of(blurred), Contains("blurred:1"));

  const auto pale = owned(pixGammaTRC(nullptr, page.pix(), 1, -1000, 255));
  pixSetResolution(pale.pix(), 300, 300);
  EXPECT_THAT(codes_of(pale), ElementsAre("low_contrast:1"));

  ::Box* right_of_margin = boxCreate(190, 0, 2000, 1400);
  const auto clipped = owned(pixClipRectangle(page.pix(), right_of_margin, nullptr));
  boxDestroy(&right_of_margin);
  pixSetResolution(clipped.pix(), 300, 300);
  EXPECT_THAT(codes_of(clipped), ElementsAre("clipped:1"));

  pixSetResolution(page.pix(), 100, 100);
  EXPECT_THAT(codes_of(page), IsEmpty()) << "its letters are large";
  const auto small_print = text_page(150, 6);
  pixSetResolution(small_print.pix(), 100, 100);
  EXPECT_THAT(codes_of(small_print), ElementsAre("low_resolution:1"));
  EXPECT_THAT(codes_of(page, R"({"min_dpi":90})"), IsEmpty());
  EXPECT_THAT(codes_of(page, R"({"min_dpi":200})"), ElementsAre("below_min_dpi:1"));
}

TEST(Validation, LooksOnlyForWhatItIsAskedFor) {
  auto done = validated(test::one_page("", ""), "a.png", R"({"checks":["fonts"],"report":"json"})");
  EXPECT_THAT(done.codes(), IsEmpty());
  EXPECT_EQ(done.surroundings.most_megapixels, 0);
  EXPECT_EQ(done.surroundings.artifacts.count("validation.html"), 0U);
  auto drawn = validated(pdf_of_text(1), "a.pdf", R"({"checks":["rendering"]})");
  EXPECT_GT(drawn.surroundings.most_megapixels, 8);
}

TEST(Validation, KeepsTheUsersRules) {
  const auto bytes = pdf_of_text(3);
  const auto codes_of = [&](const std::string& options) {
    return validated(bytes, "a.pdf", R"({"checks":["type"],)" + options + "}").codes();
  };
  EXPECT_THAT(codes_of(R"("min_pages":3,"max_pages":3,"allowed_types":"png,pdf","languages":"en")"), IsEmpty());
  EXPECT_THAT(codes_of(R"("min_pages":4)"), ElementsAre("too_few_pages"));
  EXPECT_THAT(codes_of(R"("max_pages":2)"), ElementsAre("too_many_pages"));
  EXPECT_THAT(codes_of(R"("allowed_types":"png,docx")"), ElementsAre("type_not_allowed"));
  EXPECT_THAT(codes_of(R"("languages":"de+fr")"), ElementsAre("language_not_allowed"));
  EXPECT_THAT(codes_of(R"("required_patterns":["^The committee .*bridge 2","no such"])"),
              ElementsAre("pattern_missing"));
  EXPECT_THAT(codes_of(R"("forbidden_patterns":["bridge [13]\\b","bridge 4"])"),
              ElementsAre("pattern_found:1", "pattern_found:3"));
  EXPECT_THAT(codes_of(R"("rules":"max_pages = 2\n[severity]\ntoo_many_pages = 'warning'")"),
              ElementsAre("too_many_pages"));
}

TEST(Validation, TakesTheUsersSeverities) {
  const auto bytes = test::one_page("", "");
  EXPECT_EQ(validated(bytes, "a.pdf").verdict(), "invalid");
  EXPECT_EQ(validated(bytes, "a.pdf", R"({"severity":"blank_document=warning"})").verdict(), "warning");
  auto quiet = validated(bytes, "a.pdf", R"({"severity":"blank_document=off,blank_page=info"})");
  EXPECT_EQ(quiet.verdict(), "valid");
  EXPECT_THAT(quiet.codes(), ElementsAre("blank_page:1"));
}

TEST(Validation, LooksIntoPdfs) {
  const auto with = [](const std::string& catalog) {
    auto bytes = pdf_of_text(1);
    return bytes.replace(bytes.find("/Catalog"), 8, "/Catalog" + catalog);
  };
  auto script = validated(with("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "a.pdf");
  EXPECT_THAT(script.codes(), Contains("javascript"));
  auto launch = validated(with("/OpenAction<</S/Launch/F(cmd.exe)>>"), "a.pdf");
  EXPECT_THAT(launch.codes(), Contains("launch_action"));
  EXPECT_EQ(launch.verdict(), "invalid");
  EXPECT_THAT(launch.html(), HasSubstr("cmd.exe"));
}

TEST(Validation, TakesTextsThatHaveNoPages) {
  auto done = validated("The committee measured the old bridge on a cold morning in May.\n", "a.txt",
                        R"({"languages":"en","required_patterns":"committee"})");
  EXPECT_THAT(done.codes(), IsEmpty());
  EXPECT_EQ(done.record().at("language").as_string(), "en");
  EXPECT_THAT(validated("From: a@b.c\nTo: d@e.f\nSubject: x\n\nHello there\n", "a.docx").codes(),
              ElementsAre("type_mismatch"));
  EXPECT_THAT(validated("***\n", "a.txt").codes(), ElementsAre("blank_document"));
}

TEST(Validation, ShowsNothingOfADocumentAsMarkup) {
  auto done = validated("<html><body>x</body></html>", "<img src=x onerror=alert(1)>.pdf");
  EXPECT_THAT(done.html(), Not(HasSubstr("<img src=x")));
  EXPECT_THAT(done.html(), HasSubstr("&lt;img src=x"));
}

TEST(Validation, SaysTheSameOfADocumentThatIsSplit) {
  test::PdfFile pdf;
  for (int i = 1; i <= 3; ++i) pdf.add_page(i == 2 ? "" : text_content(i), test::helvetica, test::letter_size);
  const auto file = docmill::memory_file(pdf.bytes());
  const std::array stages{&validation_stage()};
  const auto input = input_of(file, R"({"forbidden_patterns":["bridge 3"]})", "a.pdf");
  Surroundings whole;
  const auto expected = run_pipeline(stages, input, whole);
  ASSERT_TRUE(expected) << expected.error().message;

  std::array<Surroundings, 2> parts;
  auto merge = input;
  merge.kind = TaskKind::merge;
  merge.parts.resize(2);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto part = input;
    part.kind = TaskKind::part;
    part.pages = i == 0 ? PageRange{1, 2} : PageRange{3, 3};
    ASSERT_TRUE(run_pipeline(stages, part, parts[i]));
    merge.parts[i].pages = part.pages;
    merge.parts[i].tree = parts[i].artifacts.at("tree").get();
  }
  Surroundings merged;
  const auto output = run_pipeline(stages, merge, merged);
  ASSERT_TRUE(output) << output.error().message;
  for (const auto* name : {"validation.json", "validation.html"})
    EXPECT_EQ(whole.text(name), merged.text(name)) << name;
}

}  // namespace
}  // namespace docmill
