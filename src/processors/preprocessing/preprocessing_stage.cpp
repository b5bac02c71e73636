#include "processors/preprocessing/preprocessing_stage.hpp"

#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "processors/orientation.hpp"
#include "processors/preprocessing/cleaned_pages.hpp"
#include "processors/preprocessing/cleaned_pdf.hpp"
#include "processors/preprocessing/cleaned_tiff.hpp"
#include "processors/preprocessing/pdf_tools.hpp"
#include "processors/preprocessing/preparation.hpp"
#include "processors/preprocessing/steps_page.hpp"

namespace docmill {
namespace {

using namespace docmill::preprocessing;

constexpr std::string_view pictures_key = "preprocessing.steps";
constexpr std::string_view staying_key = "preprocessing.stays";

// In the cleaned PDF. A page that is no scan has nothing to be cleaned of, and would only lose by being drawn.
bool stays(const PageResult& page) { return page.notes.contains(staying_key); }

class PreprocessingWorker final : public PageWorker {
 public:
  PreprocessingWorker(PreprocessingOptions options, bool is_last) : options_(std::move(options)), is_last_(is_last) {}

  Status work(PageWork& page) override {
    if (options_.pdf_tools.any()) {
      page.result.text.status = PageStatus::skipped;
      page.result.text.reason = "the PDF is written again as it is";
      return {};
    }
    page.transform([this, &page](Sheets sheets) -> Result<Sheets> {
      return prepare(std::move(sheets), options_, [&](Step step, const Image& before, const Image& after) {
        if (!options_.keep_steps) return;
        page.result.files[std::string(pictures_key)] += step_pictures(page.page().number(), step, before, after);
      });
    });
    const bool is_shown = is_last_ && options_.keep_steps;
    if (options_.outputs.empty() && !is_shown) return {};
    if (options_.outputs.contains("pdf") && !page.page().scan()) page.result.notes[std::string(staying_key)] = "true";
    if (!is_drawn(page.result)) {
      if (!is_last_) return {};
      page.result.text.status = PageStatus::skipped;
      page.result.text.reason = "the page is no scan: it stays as it is";
      return {};
    }
    DOCMILL_TRY(sheets, page.sheets());
    if (is_last_) describe(*sheets, page.result.text);
    return options_.outputs.empty() ? Status() : put_cleaned(*sheets, page.result);
  }

 private:
  bool is_drawn(const PageResult& page) const { return !stays(page) || options_.outputs.size() > 1; }

  static void describe(const Sheets& sheets, TextPage& row) {
    row.width = sheets.width;
    row.height = sheets.height;
    row.dpi = sheets.dpi;
    row.preparation = sheets.preparation;
  }

  const PreprocessingOptions options_;
  const bool is_last_;
};

class PreprocessingWriter final : public PageWriter {
 public:
  static Result<std::unique_ptr<PageWriter>> open(const StageSetup& setup, const PreprocessingOptions& options) {
    auto writer = std::make_unique<PreprocessingWriter>();
    if (options.pdf_tools.any()) {
      DOCMILL_TRY(tools, PdfTools::open(setup, options.pdf_tools));
      writer->tools_ = std::move(tools);
      return writer;
    }
    const auto output = [&](std::string_view name) -> Result<std::unique_ptr<Output>> {
      DOCMILL_TRY(descriptor, setup.context.artifact(name));
      return std::make_unique<Output>(descriptor, "output " + std::string(name) + " of '" + setup.input.name + "'");
    };
    if (options.outputs.contains("pdf")) {
      DOCMILL_TRY(file, MappedFile::map(setup.input.descriptor));
      DOCMILL_TRY(opened, output("cleaned.pdf"));
      writer->pdf_output_ = std::move(opened);
      DOCMILL_TRY(scratch, setup.context.scratch("cleaned"));
      writer->pdf_.emplace(setup, std::move(file), *writer->pdf_output_, scratch);
      DOCMILL_CHECK(writer->pdf_->open());
    }
    if (options.outputs.contains("tiff")) {
      DOCMILL_TRY(opened, output("cleaned.tiff"));
      writer->tiff_output_ = std::move(opened);
      writer->tiff_.emplace(*writer->tiff_output_);
    }
    if (options.keep_steps) {
      DOCMILL_TRY(opened, output("steps.html"));
      writer->steps_ = std::move(opened);
      DOCMILL_CHECK(writer->steps_->write(steps_page_begin(setup.input.name)));
    }
    return writer;
  }

  Status page(const PageResult& page) override {
    if (tools_) {
      tools_->keep(page.text.number);  // also one that cannot be shown: it is no worse there than before
      return {};
    }
    if (const auto pictures = page.files.find(pictures_key); steps_ && pictures != page.files.end()) {
      DOCMILL_CHECK(steps_->write(pictures->second));
    }
    DOCMILL_TRY(images, cleaned_of(page));
    if (pdf_ && !stays(page)) DOCMILL_CHECK(pdf_->add(page.text.number, images, page.stored));
    if (!tiff_) return {};
    for (const auto& image : images) DOCMILL_CHECK(tiff_->add(image));
    return {};
  }

  Status finish(RecordMembers& record) override {
    if (tools_) return tools_->finish(record);
    if (pdf_) DOCMILL_CHECK(pdf_->finish());
    if (tiff_) DOCMILL_CHECK(tiff_->finish());
    if (!steps_) return {};
    DOCMILL_CHECK(steps_->write(steps_page_end()));
    return steps_->flush();
  }

 private:
  std::unique_ptr<Output> pdf_output_;
  std::unique_ptr<Output> tiff_output_;
  std::unique_ptr<Output> steps_;
  std::optional<CleanedPdf> pdf_;
  std::optional<CleanedTiff> tiff_;
  std::unique_ptr<PdfTools> tools_;  // then there is nothing else
};

PreprocessingOptions options_for(const StageSetup& setup) {
  auto options = read_options(setup.options);
  const bool is_last = setup.pipeline.back() == "preprocessing";
  if (options.outputs.erase("auto") > 0 && is_last && !options.pdf_tools.any()) options.outputs.insert("pdf");
  return options;
}

Status warm_up_for(const PreprocessingOptions& options) {
  return options.steps.contains(Step::rotate) ? warm_up_orientation() : Status();
}

Result<std::unique_ptr<PageWorker>> open_worker(const StageSetup& setup) {
  auto options = options_for(setup);
  DOCMILL_CHECK(warm_up_for(options));
  return std::make_unique<PreprocessingWorker>(std::move(options), setup.pipeline.back() == "preprocessing");
}

Result<std::unique_ptr<PageWriter>> open_writer(const StageSetup& setup) {
  return PreprocessingWriter::open(setup, options_for(setup));
}

Status warm_up(const boost::json::object& options) { return warm_up_for(read_options(options)); }

bool works_on_pages(const boost::json::object& options) { return !read_options(options).pdf_tools.any(); }

bool is_asked_for(const boost::json::object& options) { return !read_options(options).steps.empty(); }

}  // namespace

const Stage& preprocessing_stage() {
  static constexpr Stage stage{.name = "preprocessing",
                               .makes_text = false,
                               .wants_text = false,
                               .is_asked_for = is_asked_for,
                               .works_on_pages = works_on_pages,
                               .open_worker = open_worker,
                               .open_writer = open_writer,
                               .warm_up = warm_up};
  return stage;
}

}  // namespace docmill
