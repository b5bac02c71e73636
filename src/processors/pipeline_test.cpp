// The order of things in a pipeline, with stages that are not the real ones.
#include "processors/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>

#include "documents/test_files.hpp"
#include "processors/output.hpp"
#include "processors/part_file.hpp"
#include "processors/test_support.hpp"

namespace docmill {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

// A stage that fails page 2, notes what it sees of the others, and writes one artifact.
class Noter final : public PageWorker {
 public:
  Status work(PageWork& page) override {
    if (page.page().number() == 2) return fail(ErrorCode::unreadable, "page 2 is bad");
    page.result.notes["ocr"] = json::serialize(json::value("note " + std::to_string(page.page().number())));
    page.result.files["ocr"] = "file " + std::to_string(page.page().number());
    return {};
  }
};

class NoteWriter final : public PageWriter {
 public:
  explicit NoteWriter(int output) : output_(output, "notes") {}

  Status page(const PageResult& page) override {
    const auto note = page.notes.find("ocr");
    const auto file = page.files.find("ocr");
    return output_.write(std::to_string(page.text.number) + ": " + std::string(to_string(page.text.status)) + " " +
                         (note == page.notes.end() ? "" : note->second) +
                         (file == page.files.end() ? "" : file->second) + "\n");
  }
  Status finish(RecordMembers& record) override {
    record.add("noted", "true");
    return output_.flush();
  }

 private:
  Output output_;
};

Result<std::unique_ptr<PageWorker>> open_noter(const StageSetup&) { return std::make_unique<Noter>(); }

Result<std::unique_ptr<PageWriter>> open_note_writer(const StageSetup& setup) {
  DOCMILL_TRY(output, setup.context.artifact("notes"));
  return std::make_unique<NoteWriter>(output);
}

constexpr Stage noting{.name = "ocr", .open_worker = open_noter, .open_writer = open_note_writer};
constexpr std::array noting_only{&noting};

Descriptor pages_pdf(int count) {
  test::PdfFile pdf;
  for (int i = 1; i <= count; ++i) {
    pdf.add_page("BT /F 12 Tf 100 700 Td (page " + std::to_string(i) + ") Tj ET", test::helvetica, test::letter_size);
  }
  return memory_file(pdf.bytes());
}

TaskInput input_of(const Descriptor& file, const std::string& options = "{}") {
  TaskInput input;
  input.name = "a.pdf";
  input.pipeline = "ocr";
  input.descriptor = file.get();
  input.options = options;
  return input;
}

constexpr const char* notes_of_three = "1: ok \"note 1\"file 1\n2: failed \n3: ok \"note 3\"file 3\n";

TEST(RunPipeline, FailsOnlyThePageThatFails) {
  const auto file = pages_pdf(3);
  Surroundings surroundings;
  const auto output = run_pipeline(noting_only, input_of(file), surroundings);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->outcome, Outcome::partial);
  EXPECT_EQ(output->pages, 3);
  EXPECT_EQ(surroundings.text("notes"), notes_of_three);
  const auto record = json::parse(output->record).as_object();
  EXPECT_TRUE(record.at("noted").as_bool());
  EXPECT_EQ(record.at("page_count").to_number<int>(), 3);
  EXPECT_EQ(record.at("media_type").as_string(), "application/pdf");
  EXPECT_EQ(record.at("pages").as_array().at(1).at("error").at("code").as_string(), "unreadable");
}

TEST(RunPipeline, LeavesOutThePagesThatCostAWorkerBefore) {
  const auto file = pages_pdf(3);
  auto input = input_of(file);
  input.lost_pages = {fail(ErrorCode::timeout, "page 1 of 3: no progress", 1)};
  Surroundings surroundings;
  const auto output = run_pipeline(noting_only, input, surroundings);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->outcome, Outcome::partial);
  EXPECT_EQ(surroundings.text("notes"), "1: failed \n2: failed \n3: ok \"note 3\"file 3\n");
  const auto record = json::parse(output->record).as_object();
  EXPECT_EQ(record.at("pages").as_array().at(0).at("error").at("code").as_string(), "timeout");
}

TEST(RunPipeline, FailsTheDocumentWhereItIsToBeStrict) {
  const auto file = pages_pdf(3);
  Surroundings surroundings;
  const auto output = run_pipeline(noting_only, input_of(file, R"({"strict":true})"), surroundings);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().page, 2);
  EXPECT_EQ(output.error().message, "page 2 is bad");
}

// Looks at the pixels, as a stage does that recognises.
class Looker final : public PageWorker {
 public:
  Status work(PageWork& page) override {
    DOCMILL_CHECK(page.sheets());
    page.result.text.status = PageStatus::ok;
    return {};
  }
};

constexpr Stage looking{
    .name = "ocr",
    .open_worker = [](const StageSetup&) -> Result<std::unique_ptr<PageWorker>> { return std::make_unique<Looker>(); },
    .open_writer = open_note_writer};

TEST(RunPipeline, KeepsWhatCanBeSeenOfADamagedImageAndSaysSo) {
  const auto jpeg = test::encoded(test::odd_picture(640, 480).pix(), IFF_JFIF_JPEG);
  const auto file = memory_file(jpeg.substr(0, jpeg.size() / 2));
  const std::array stages{&looking};
  Surroundings surroundings;
  const auto output = run_pipeline(stages, input_of(file), surroundings);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->outcome, Outcome::partial);
  const auto record = json::parse(output->record).as_object();
  const auto& page = record.at("pages").as_array().at(0).as_object();
  EXPECT_EQ(page.at("status").as_string(), "degraded");
  EXPECT_THAT(std::string(page.at("reason").as_string()), HasSubstr("damaged"));
  EXPECT_EQ(page.at("error").at("code").as_string(), "unreadable");
  const auto strict = run_pipeline(stages, input_of(file, R"({"strict":true})"), surroundings);
  ASSERT_FALSE(strict);
  EXPECT_EQ(strict.error().page, 1);
}

TEST(RunPipeline, WritesAfterAMergeWhatItWritesOtherwise) {
  const auto file = pages_pdf(3);
  std::array<Surroundings, 2> parts;
  auto input = input_of(file, R"({"strict":false})");
  input.kind = TaskKind::part;
  input.pages = {1, 2};
  ASSERT_TRUE(run_pipeline(noting_only, input, parts[0]));
  input.pages = {3, 3};
  ASSERT_TRUE(run_pipeline(noting_only, input, parts[1]));
  EXPECT_EQ(parts[0].artifacts.size(), 1U);  // the pages alone

  input.kind = TaskKind::merge;
  input.pages = {};
  input.parts.resize(2);
  input.parts[0].pages = {1, 2};
  input.parts[0].tree = parts[0].artifacts.at("tree").get();
  input.parts[1].pages = {3, 3};
  input.parts[1].tree = parts[1].artifacts.at("tree").get();
  Surroundings whole;
  const auto output = run_pipeline(noting_only, input, whole);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(whole.text("notes"), notes_of_three);
  EXPECT_EQ(output->outcome, Outcome::partial);
}

// Leaves an image too large for what merges keep.
class ImageMaker final : public PageWorker {
 public:
  Status work(PageWork& page) override {
    std::string image(PartReader::default_kept_bytes + 1, '\0');
    std::uint32_t state = static_cast<std::uint32_t>(page.page().number());
    for (auto& byte : image) byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
    page.result.files["ocr"] = std::move(image);
    return {};
  }
};

TEST(RunPipeline, WorksAgainOnPagesWhoseFilesAnInterruptedMergeGaveBack) {
  static constexpr Stage making{
      .name = "ocr",
      .open_worker =
          [](const StageSetup&) { return Result<std::unique_ptr<PageWorker>>(std::make_unique<ImageMaker>()); },
      .open_writer = open_note_writer};
  const std::array stages{&making};
  const auto file = pages_pdf(2);
  Surroundings part;
  auto input = input_of(file);
  input.kind = TaskKind::part;
  input.pages = {1, 2};
  ASSERT_TRUE(run_pipeline(stages, input, part));
  const int tree = part.artifacts.at("tree").get();

  input.kind = TaskKind::merge;
  input.pages = {};
  input.parts = {{.tree = tree, .pages = {1, 2}, .error = std::nullopt}};
  Surroundings first;
  ASSERT_TRUE(run_pipeline(stages, input, first));
  int gone = 0;
  ASSERT_TRUE(PartReader().read(tree, [&](const PageResult&, PartReader::Files files) {
    gone += files == PartReader::Files::gone ? 1 : 0;
    return Status();
  }));
  EXPECT_EQ(gone, 2);
  Surroundings second;
  const auto output = run_pipeline(stages, input, second);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->outcome, Outcome::ok);
  EXPECT_EQ(second.text("notes"), first.text("notes"));
  EXPECT_EQ(second.last, "1/2 2");
}

// Says what it was handed as pixels and as text.
std::vector<std::string> seen;

class Spy final : public PageWorker {
 public:
  Status work(PageWork& page) override {
    DOCMILL_TRY(sheets, page.sheets());
    seen.push_back(std::to_string(sheets->sheets.size()) + " sheets of " + std::to_string(sheets->width) +
                   ", text: " + plain_text(page.result.text));
    return {};
  }
};

class Halver final : public PageWorker {
 public:
  Status work(PageWork& page) override {
    page.transform([](Sheets sheets) -> Result<Sheets> {
      sheets.sheets.push_back({sheets.sheets.front().image.clone(), {}});
      return sheets;
    });
    return {};
  }
};

constexpr Stage spying{.name = "ocr", .wants_text = true, .open_worker = [](const StageSetup&) {
                         return Result<std::unique_ptr<PageWorker>>(std::make_unique<Spy>());
                       }};

TEST(RunPipeline, HandsTheTextLayerToThoseWhoWantTextWhereNobodyMakesIt) {
  seen.clear();
  const std::array stages{&spying};
  const auto file = pages_pdf(1);
  Surroundings surroundings;
  ASSERT_TRUE(run_pipeline(stages, input_of(file, R"({"oversample":72})"), surroundings));
  EXPECT_THAT(seen, ElementsAre("1 sheets of 612, text: page 1\n"));
}

TEST(PageWork, MakesPixelsOnceAndOnlyWhenAskedFor) {
  const auto file = pages_pdf(1);
  const auto document = Document::open(file.get(), {});
  const auto page = (*document)->page(1);
  int drawn = 0;
  PageWork work(**page, 72, [&](double) -> Status {
    ++drawn;
    return {};
  });
  Halver halver;
  ASSERT_TRUE(halver.work(work));
  EXPECT_EQ(drawn, 0);
  EXPECT_EQ((*work.sheets())->sheets.size(), 2U);
  ASSERT_TRUE(halver.work(work));
  EXPECT_EQ((*work.sheets())->sheets.size(), 3U);
  EXPECT_EQ((*work.sheets())->sheets.size(), 3U);
  EXPECT_EQ(drawn, 1);
}

TEST(RunPipeline, SplitsIntoSmallerPartsWherePixelsAreLookedAt) {
  const auto file = pages_pdf(20);
  const auto parts_with = [&](const Stage& stage) {
    const std::array stages{&stage};
    auto input = input_of(file);
    input.part_pages = 10;
    Surroundings surroundings;
    const auto output = run_pipeline(stages, input, surroundings);
    EXPECT_TRUE(output) << output.error().message;
    return output ? output->split.size() : 0;
  };
  seen.clear();
  EXPECT_EQ(parts_with(noting), 2U);
  EXPECT_EQ(parts_with(spying), 5U);
  EXPECT_TRUE(seen.empty()) << "they are not made for it";
}

TEST(RunPipeline, RefusesWhatMakesNoSense) {
  const auto file = pages_pdf(1);
  Surroundings surroundings;
  auto input = input_of(file);
  input.pipeline = "noop";
  EXPECT_THAT(run_pipeline(noting_only, input, surroundings).error().message, HasSubstr("no stage 'noop'"));
  input.pipeline = "orc";
  EXPECT_THAT(run_pipeline(noting_only, input, surroundings).error().message, HasSubstr("did you mean 'ocr'?"));
  for (const auto* options : {"[]", "{", R"({"langauge":"en"})"}) {
    const auto output = run_pipeline(noting_only, input_of(file, options), surroundings);
    ASSERT_FALSE(output) << options;
    EXPECT_EQ(output.error().code, ErrorCode::invalid_option);
  }
  EXPECT_TRUE(surroundings.artifacts.empty());
}

TEST(WarmUpPipeline, SaysWhatIsWrong) {
  EXPECT_TRUE(warm_up_pipeline(noting_only, "ocr", "{}"));
  EXPECT_FALSE(warm_up_pipeline(noting_only, "noop", "{}"));
  EXPECT_FALSE(warm_up_pipeline(noting_only, "ocr", "{"));
}

}  // namespace
}  // namespace docmill
