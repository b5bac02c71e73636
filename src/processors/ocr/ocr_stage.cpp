#include "processors/ocr/ocr_stage.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "documents/text_format.hpp"
#include "processors/ocr/engine.hpp"
#include "processors/ocr/page_reader.hpp"
#include "processors/ocr/pdfa.hpp"
#include "processors/ocr/renderer.hpp"

namespace docmill {
namespace {

using namespace docmill::ocr;

class OcrWorker final : public PageWorker {
 public:
  OcrWorker(OcrOptions options, TaskContext& context) : options_(std::move(options)), reader_(options_, context) {}

  Status work(PageWork& page) override {
    DOCMILL_TRY(text, reader_.read(page));
    page.result.text = std::move(text);
    return {};
  }

 private:
  const OcrOptions options_;
  const PageReader reader_;
};

double text_length(const TextPage& page) {
  std::size_t length = 0;
  for (const auto& block : page.blocks) {
    for (const auto& paragraph : block.paragraphs) {
      for (const auto& line : paragraph.lines) {
        for (const auto& word : line.words) length += word.text.size();
      }
    }
  }
  return static_cast<double>(length);
}

// What became of the PDF/A, for the record.
std::string account_of(const PdfaBase& pdfa) {
  if (pdfa.descriptor < 0) return boost::json::serialize(boost::json::object{{"reason", pdfa.reason}});
  boost::json::object account{{"conformance", "2b"}};
  if (!pdfa.left_out.empty()) account["left_out"] = boost::json::value_from(pdfa.left_out);
  return boost::json::serialize(account);
}

class OcrWriter final : public PageWriter {
 public:
  // `pdfa`: none where no PDF/A was asked for.
  OcrWriter(std::string languages, std::vector<std::unique_ptr<Renderer>> renderers, std::optional<PdfaBase> pdfa)
      : languages_(std::move(languages)), renderers_(std::move(renderers)), pdfa_(std::move(pdfa)) {}

  Status page(const PageResult& page) override {
    const double weight = text_length(page.text);
    confidence_sum_ += page.text.confidence * weight;
    confidence_weight_ += weight;
    for (const auto& renderer : renderers_) DOCMILL_CHECK(renderer->page(page.text));
    return {};
  }

  Status finish(RecordMembers& record) override {
    for (const auto& renderer : renderers_) DOCMILL_CHECK(renderer->finish());
    constexpr int decimals = 3;
    std::string confidence;
    append_number(confidence, confidence_weight_ > 0 ? confidence_sum_ / confidence_weight_ : 0, decimals);
    record.add("language", boost::json::serialize(boost::json::string_view(languages_)));
    record.add("confidence", confidence);
    if (pdfa_) record.add("pdfa", account_of(*pdfa_));
    return {};
  }

 private:
  const std::string languages_;
  const std::vector<std::unique_ptr<Renderer>> renderers_;
  const std::optional<PdfaBase> pdfa_;
  double confidence_sum_ = 0;
  double confidence_weight_ = 0;
};

Result<std::unique_ptr<PageWorker>> open_worker(const StageSetup& setup) {
  DOCMILL_TRY(options, read_ocr_options(setup.options));
  DOCMILL_CHECK(shared_engine(options.engine));  // a wrong language fails the task before its first page
  return std::make_unique<OcrWorker>(std::move(options), setup.context);
}

// The PDF/A without its text in place of the document.
RenderSource pdfa_source(const RenderSource& source, const PdfaBase& pdfa) {
  auto changed = source;
  changed.type = DocumentType::pdf;
  changed.descriptor = pdfa.descriptor;
  changed.password.clear();
  changed.pdfa = pdfa.information;
  return changed;
}

Result<std::unique_ptr<PageWriter>> open_writer(const StageSetup& setup) {
  DOCMILL_TRY(options, read_ocr_options(setup.options));
  RenderSource source;
  source.name = setup.input.name;
  source.password = std::string(setup.options.at("password").as_string());
  source.languages = options.language_names();
  source.type = setup.document.type();
  source.page_count = setup.document.page_count();
  source.max_pixels = setup.input.max_pixels;
  source.descriptor = setup.input.descriptor;
  source.text = TextNormalization::from(setup.options);
  std::vector<std::unique_ptr<Renderer>> renderers;
  std::optional<PdfaBase> pdfa;
  // One text for both: what nlp says of positions is about the text that it writes, and may mask.
  const bool nlp_writes_text = std::find(setup.pipeline.begin(), setup.pipeline.end(), "nlp") != setup.pipeline.end();
  for (const auto& format : options.formats) {
    if (format == "txt" && nlp_writes_text) continue;
    DOCMILL_TRY(output, setup.context.artifact(format));
    if (format == "pdf" && options.pdfa) {
      DOCMILL_TRY(base, make_pdfa_base(source, setup.context));
      if (base.descriptor < 0 && setup.options.at("strict").as_bool()) {
        return fail(ErrorCode::unreadable, "no PDF/A can be made of '" + source.name + "': " + base.reason);
      }
      pdfa = std::move(base);
    }
    const bool is_pdfa = format == "pdf" && pdfa && pdfa->descriptor >= 0;
    DOCMILL_TRY(renderer, open_renderer(format, output, is_pdfa ? pdfa_source(source, *pdfa) : source));
    renderers.push_back(std::move(renderer));
  }
  return std::make_unique<OcrWriter>(options.language_names(), std::move(renderers), std::move(pdfa));
}

Status warm_up(const boost::json::object& given) {
  DOCMILL_TRY(options, read_ocr_options(given));
  DOCMILL_CHECK(shared_engine(options.engine));
  return {};
}

}  // namespace

const Stage& ocr_stage() {
  static constexpr Stage stage{.name = "ocr",
                               .makes_text = true,
                               .wants_text = false,
                               .open_worker = open_worker,
                               .open_writer = open_writer,
                               .warm_up = warm_up};
  return stage;
}

}  // namespace docmill
