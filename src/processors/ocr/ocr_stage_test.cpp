// The stage as a whole: documents in, artifacts and records out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "processors/ocr/ocr_stage.hpp"
#include "processors/ocr/render_pdf_test_support.hpp"
#include "processors/page_test_support.hpp"
#include "processors/pipeline.hpp"

namespace docmill::ocr {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::array stages{&ocr_stage()};

Result<TaskOutput> process_ocr(const TaskInput& input, TaskContext& context) {
  return run_pipeline(stages, input, context);
}

constexpr const char* page_entries =
    "/MediaBox [0 0 600 400] /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";

// A page with lines of text; `operators` come before them: "3 Tr " makes them invisible.
PdfPage text_pdf_page(const std::vector<std::string>& lines, const std::string& operators = "") {
  std::string content = "BT /F1 18 Tf 24 TL 40 340 Td " + operators;
  for (const auto& line : lines) content += "(" + line + ") Tj T* ";
  return {page_entries, content + "ET"};
}

const std::vector<std::string> prose{"The committee of the harbour met on Monday", "and measured the old bridge again"};

TaskInput input_of(const Descriptor& file, std::string options = "{}") {
  TaskInput input;
  input.name = "a document";
  input.pipeline = "ocr";
  input.descriptor = file.get();
  input.options = std::move(options);
  return input;
}

struct Done {
  TaskOutput output;
  json::object record;
  Surroundings surroundings;

  std::string status(std::size_t i) const {
    return std::string(record.at("pages").as_array().at(i).as_object().at("status").as_string());
  }
  std::string text() { return surroundings.text("txt"); }
};

Done processed(const Descriptor& file, const std::string& options = "{}") {
  Done done;
  auto output = process_ocr(input_of(file, options), done.surroundings);
  if (!output) {
    ADD_FAILURE() << output.error().message;
    return done;
  }
  done.output = std::move(*output);
  done.record = json::parse(done.output.record).as_object();
  return done;
}

Descriptor png_file(const Image& image) {
  l_uint8* data = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(pixWriteMemPng(&data, &size, image.pix(), 0), 0);
  auto file = memory_file({reinterpret_cast<const char*>(data), size});
  lept_free(data);
  return file;
}

TEST(Ocr, RecognisesAnImage) {
  auto done = processed(png_file(text_page(300, 10)));
  EXPECT_EQ(done.status(0), "ok");
  EXPECT_EQ(done.output.outcome, Outcome::ok);
  EXPECT_THAT(done.text(), HasSubstr("The captain remembered the morning"));
  EXPECT_EQ(done.record.at("media_type").as_string(), "image/png");
  EXPECT_EQ(done.record.at("language").as_string(), "eng");
  EXPECT_GT(done.record.at("confidence").to_number<double>(), 0.8);
  EXPECT_NEAR(done.surroundings.most_megapixels, 2480 * 1400 / 1e6, 0.01);
  EXPECT_EQ(done.surroundings.last, "1/1 1");
}

TEST(Ocr, PutsBoxesOnTheUntouchedImage) {
  auto done = processed(png_file(text_page(300, 10)), R"({"format":"json"})");
  const auto pages = json::parse(done.surroundings.text("json")).as_array();
  const auto& page = pages.at(0).as_object();
  EXPECT_EQ(page.at("width").to_number<int>(), 2480);
  EXPECT_NEAR(page.at("dpi").to_number<double>(), 300, 0.5);
  const auto& block = page.at("blocks").as_array().at(0).as_object();
  EXPECT_NEAR(block.at("box").as_array().at(0).to_number<double>(), 300, 15);
}

// The text of a page, and whether it was remembered, in the surroundings of earlier ones.
std::pair<std::string, bool> read_again(Surroundings& surroundings, const Descriptor& file,
                                        const std::string& options) {
  surroundings.artifacts.clear();
  const auto output = process_ocr(input_of(file, options), surroundings);
  if (!output) return {output.error().message, false};
  const auto record = json::parse(output->record);
  const auto& page = record.at("pages").as_array().at(0).as_object();
  return {surroundings.text("txt"), page.contains("remembered") && page.at("remembered").as_bool()};
}

TEST(Ocr, RecognisesTheSamePixelsOnceAndOthersAgain) {
  Surroundings surroundings;
  const auto page = png_file(text_page(300, 10));
  const auto first = read_again(surroundings, page, "{}");
  EXPECT_FALSE(first.second);
  EXPECT_EQ(read_again(surroundings, page, "{}"), std::pair(first.first, true));
  EXPECT_EQ(read_again(surroundings, page, R"({"format":["txt","hocr"]})"), std::pair(first.first, true));
  EXPECT_FALSE(read_again(surroundings, page, R"({"tesseract_pagesegmode":6})").second);
  EXPECT_FALSE(read_again(surroundings, page, R"({"prepare":false})").second);
  EXPECT_FALSE(read_again(surroundings, png_file(text_page(301, 10)), "{}").second);
  EXPECT_EQ(surroundings.recalled, 2);
}

TEST(Ocr, WhatIsRememberedIsNotTakenOnTrust) {
  Surroundings surroundings;
  const auto page = png_file(text_page(300, 10));
  const auto first = read_again(surroundings, page, "{}");
  ASSERT_EQ(surroundings.remembered.size(), 1U);
  surroundings.remembered.begin()->second = "{\"page\":";
  EXPECT_EQ(read_again(surroundings, page, "{}"), first);
}

TEST(Ocr, ABlankPageIsNotRemembered) {
  Surroundings surroundings;
  read_again(surroundings, png_file(white_page(1000, 1000)), "{}");
  EXPECT_TRUE(surroundings.remembered.empty());
}

TEST(Ocr, FeedsTheImageAsItIsWhenTold) {
  auto done = processed(png_file(text_page(300, 10)), R"({"prepare":false})");
  EXPECT_THAT(done.text(), HasSubstr("The captain remembered the morning"));
}

// A page as a careless person scans it.
Image page_upside_down() {
  Image turned(pixRotateOrth(text_page(300, 10).pix(), 2));
  pixSetResolution(turned.pix(), 300, 300);
  return turned;
}

TEST(Ocr, TriesPagesAgainThatItReadBadly) {
  const auto file = png_file(page_upside_down());
  auto done = processed(file, R"({"format":"txt,pdf"})");
  EXPECT_EQ(done.status(0), "retried");
  const auto& page = done.record.at("pages").as_array().at(0).as_object();
  EXPECT_EQ(page.at("rotation").to_number<int>(), 180);
  EXPECT_THAT(std::string(page.at("reason").as_string()), HasSubstr("its way up looked for"));
  EXPECT_THAT(done.text(), HasSubstr("The captain remembered the morning"));
  EXPECT_THAT(text_of(done.surroundings.text("pdf")), HasSubstr("captain"));
}

TEST(Ocr, SaysWhichPagesStayBadlyRead) {
  const auto file = png_file(page_upside_down());
  auto once = processed(file, R"({"retry_below":0})");
  EXPECT_EQ(once.status(0), "ok");
  EXPECT_THAT(once.text(), Not(HasSubstr("The captain remembered the morning")));
  auto never = processed(png_file(text_page(300, 10)), R"({"retry_below":1})");
  EXPECT_EQ(never.status(0), "degraded");
  EXPECT_THAT(never.output.record, HasSubstr("whatever was tried"));
  EXPECT_THAT(never.text(), HasSubstr("The captain remembered the morning"));
}

TEST(Ocr, LeavesPagesAloneThatAreTooBig) {
  const auto file = png_file(text_page(300, 10));  // 2480 x 1400
  auto done = processed(file, R"({"skip_big":3.4})");
  EXPECT_EQ(done.status(0), "skipped");
  EXPECT_THAT(done.output.record, HasSubstr("3.5 megapixels"));
  EXPECT_EQ(processed(file, R"({"skip_big":3.5})").status(0), "ok");
}

TEST(Ocr, LeavesBlankPagesAtThat) {
  auto done = processed(png_file(white_page(2480, 3508)));
  EXPECT_EQ(done.status(0), "blank");
  EXPECT_EQ(done.output.outcome, Outcome::ok);
}

TEST(Ocr, ReadsTextLayersAndRecognisesForced) {
  const auto file = memory_file(make_pdf({text_pdf_page(prose)}));
  auto read = processed(file);
  EXPECT_EQ(read.status(0), "read");
  EXPECT_THAT(read.text(), HasSubstr(prose[0]));
  auto forced = processed(file, R"({"mode":"force"})");
  EXPECT_EQ(forced.status(0), "ok");
  EXPECT_THAT(forced.text(), HasSubstr(prose[0]));
}

TEST(Ocr, SkipsPagesWithTextWhenTold) {
  auto done = processed(memory_file(make_pdf({text_pdf_page(prose), {page_entries, ""}})), R"({"mode":"skip"})");
  EXPECT_EQ(done.status(0), "skipped");
  EXPECT_THAT(done.output.record, HasSubstr("the page has text; mode skip leaves those alone"));
  EXPECT_EQ(done.status(1), "blank");
  EXPECT_THAT(done.text(), HasSubstr(prose[0]));
}

TEST(Ocr, RedoesWhatAnEarlierRecognitionHid) {
  const auto file = memory_file(make_pdf({text_pdf_page({"wrong words"}, "3 Tr "), text_pdf_page(prose)}));
  auto done = processed(file, R"({"mode":"redo"})");
  EXPECT_EQ(done.status(0), "blank");  // nothing is to be seen there
  EXPECT_EQ(done.status(1), "read");
  EXPECT_THAT(done.text(), Not(HasSubstr("wrong")));
}

TEST(Ocr, JudgesTextThatItDoesNotRedoAsEver) {
  const auto file = memory_file(make_pdf({text_pdf_page({R"(!"#$%&'*+ ,/:;<=>? @[]^`{|}~ !"#$%&)"})}));
  EXPECT_NE(processed(file, R"({"mode":"redo"})").status(0), "read") << "signs are no text";
}

TEST(Ocr, DoesOnlyThePagesAskedFor) {
  const auto file = memory_file(make_pdf({text_pdf_page({"one"}), text_pdf_page({"two"}), text_pdf_page({"three"})}));
  auto done = processed(file, R"({"pages":"2-end"})");
  EXPECT_EQ(done.output.pages, 2);
  EXPECT_EQ(done.record.at("page_count").to_number<int>(), 3);
  EXPECT_THAT(done.text(), Not(HasSubstr("one")));
  EXPECT_THAT(done.text(), HasSubstr("three"));
}

TEST(Ocr, SplitsLongDocuments) {
  const auto file = memory_file(make_pdf({text_pdf_page(prose), text_pdf_page(prose), text_pdf_page(prose)}));
  auto input = input_of(file);
  input.part_pages = 2;
  Surroundings surroundings;
  const auto output = process_ocr(input, surroundings);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_THAT(output->split, ElementsAre(PageRange{1, 1}, PageRange{2, 3}));
  EXPECT_TRUE(surroundings.artifacts.empty());
}

TEST(Ocr, MergesPartsAndMarksThePagesOfALostOne) {
  const auto file = memory_file(make_pdf({text_pdf_page({"one"}), text_pdf_page({"two"}), text_pdf_page({"three"})}));
  Surroundings part;
  auto input = input_of(file);
  input.kind = TaskKind::part;
  input.pages = {1, 2};
  const auto part_output = process_ocr(input, part);
  ASSERT_TRUE(part_output) << part_output.error().message;
  EXPECT_EQ(part_output->pages, 2);

  input.kind = TaskKind::merge;
  input.pages = {};
  TaskInput::Part done_part;
  done_part.tree = part.artifacts.at("tree").get();
  done_part.pages = {1, 2};
  TaskInput::Part lost_part;
  lost_part.pages = {3, 3};
  lost_part.error = fail(ErrorCode::timeout, "too slow");
  input.parts = {done_part, lost_part};
  Surroundings whole;
  const auto output = process_ocr(input, whole);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->outcome, Outcome::partial);
  EXPECT_EQ(output->pages, 3);
  EXPECT_THAT(whole.text("txt"), HasSubstr("two"));
  const auto record = json::parse(output->record).as_object();
  const auto& last = record.at("pages").as_array().at(2).as_object();
  EXPECT_EQ(last.at("status").as_string(), "failed");
  EXPECT_EQ(last.at("error").as_object().at("code").as_string(), "timeout");
}

TEST(Ocr, FailsOnlyThePageThatCannotBeDone) {
  const PdfPage huge{"/MediaBox [0 0 14000 14000]", "0 0 14000 14000 re f"};
  const auto file = memory_file(make_pdf({text_pdf_page(prose), huge}));
  auto input = input_of(file);
  input.max_pixels = 50'000'000;
  Surroundings surroundings;
  const auto output = process_ocr(input, surroundings);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->outcome, Outcome::partial);
  EXPECT_EQ(output->pages, 2);
  EXPECT_THAT(output->record, HasSubstr("too_large"));
}

TEST(Ocr, FailsWhenNoPageCanBeDone) {
  const auto file = memory_file(make_pdf({{"/MediaBox [0 0 14000 14000]", "0 0 14000 14000 re f"}}));
  auto input = input_of(file);
  input.max_pixels = 50'000'000;
  Surroundings surroundings;
  const auto output = process_ocr(input, surroundings);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::too_large);
  EXPECT_EQ(output.error().page, 1);
}

TEST(Ocr, RefusesBadOptionsAndLanguages) {
  const auto file = memory_file(make_pdf({text_pdf_page(prose)}));
  for (const auto* options : {R"({"pages":"7"})", R"({"language":"xyz"})", R"({"mode":"x"})"}) {
    Surroundings surroundings;
    const auto output = process_ocr(input_of(file, options), surroundings);
    ASSERT_FALSE(output) << options;
    EXPECT_EQ(output.error().code, ErrorCode::invalid_option);
    EXPECT_TRUE(surroundings.artifacts.empty());
  }
  EXPECT_FALSE(warm_up_pipeline(stages, "ocr", R"({"language":"xyz"})"));
  EXPECT_TRUE(warm_up_pipeline(stages, "ocr", "{}"));
}

}  // namespace
}  // namespace docmill::ocr
