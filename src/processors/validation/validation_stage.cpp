#include "processors/validation/validation_stage.hpp"

#include <boost/json.hpp>

#include "core/sha256.hpp"
#include "documents/mapped_file.hpp"
#include "processors/html_page.hpp"
#include "processors/output.hpp"
#include "processors/validation/document_checks.hpp"
#include "processors/validation/page_checks.hpp"
#include "processors/validation/pdf_checks.hpp"
#include "processors/validation/report.hpp"
#include "processors/words/language.hpp"
#include "processors/words/text_signature.hpp"

namespace docmill {
namespace {

using namespace docmill::validation;

constexpr std::string_view stage_name = "validation";

// ICU's rules are loaded once, before the fork; one worker process runs one task at a time.
nlp::Segmenter& shared_segmenter() {
  static nlp::Segmenter segmenter;
  return segmenter;
}

std::string digest_of(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.hexadecimal();
}

bool is_image(const Document& document) { return document.type() != DocumentType::pdf && document.text() == nullptr; }

class ValidationWorker final : public PageWorker {
 public:
  ValidationWorker(ValidationOptions options, const Document& document)
      : options_(std::move(options)), is_text_(document.text() != nullptr), is_image_(is_image(document)) {}

  Status work(PageWork& page) override {
    if (is_text_) return {};
    auto report = check_page(page, options_, is_image_);
    if (report.is_blank) page.result.text.status = PageStatus::blank;
    page.result.notes[std::string(stage_name)] = to_note(report);
    if (!report.picture.empty()) page.result.files[std::string(stage_name)] = std::move(report.picture);
    return {};
  }

 private:
  const ValidationOptions options_;
  const bool is_text_;
  const bool is_image_;
};

// The reports of a document, asked for before the work begins.
class Reports {
 public:
  static Result<Reports> open(const ValidationOptions& options, const std::string& name, TaskContext& context) {
    Reports reports;
    const auto output = [&](std::string_view artifact) -> Result<std::unique_ptr<Output>> {
      DOCMILL_TRY(descriptor, context.artifact(artifact));
      return std::make_unique<Output>(descriptor, std::string(artifact) + " output of '" + name + "'");
    };
    if (options.writes_json) {
      DOCMILL_TRY(opened, output("validation.json"));
      reports.json_ = std::move(opened);
    }
    if (options.writes_html) {
      DOCMILL_TRY(opened, output("validation.html"));
      reports.html_ = std::move(opened);
    }
    return reports;
  }

  Status write(const Report& report, const ValidationOptions& options, RecordMembers& record) {
    if (json_) {
      DOCMILL_CHECK(json_->write(report_json(report, options)));
      DOCMILL_CHECK(json_->flush());
    }
    if (html_) {
      DOCMILL_CHECK(html_->write(report_html(report, options)));
      DOCMILL_CHECK(html_->flush());
    }
    record.add(stage_name, record_json(report, options));
    return {};
  }

 private:
  std::unique_ptr<Output> json_;
  std::unique_ptr<Output> html_;
};

class ValidationWriter final : public PageWriter {
 public:
  ValidationWriter(const StageSetup& setup, ValidationOptions options, MappedFile file, Reports reports)
      : document_(setup.document),
        name_(setup.input.name),
        password_(setup.options.at("password").as_string()),
        options_(std::move(options)),
        file_(std::move(file)),
        reports_(std::move(reports)) {}

  Status page(const PageResult& page) override {
    ++report_.pages_looked_at;
    if (page.text.status == PageStatus::failed) {
      const auto reason = page.text.error ? page.text.error->message : std::string("it failed.");
      findings_.push_back(make_finding(FindingCode::page_unreadable, page.text.number, {reason}));
    }
    if (const auto note = page.notes.find(stage_name); note != page.notes.end()) {
      DOCMILL_TRY(found, from_note(note->second, page.text.number));
      std::move(found.findings.begin(), found.findings.end(), std::back_inserter(findings_));
      report_.blank_pages += found.is_blank ? 1U : 0U;
      report_.pages_with_text += found.has_text ? 1U : 0U;
    }
    const auto picture = page.files.find(stage_name);
    if (picture != page.files.end() && report_.pictures.size() < options_.thumbnails) {
      report_.pictures[page.text.number] = picture->second;
    }
    add_text(page.text);
    return {};
  }

  Status finish(RecordMembers& record) override {
    report_.document = name_;
    report_.media_type = media_type(document_.type());
    report_.page_count = document_.page_count();
    report_.sha256 = digest_of(file_.bytes());
    judge_document();
    report_.judgement = judge(std::move(findings_), report_.pages_looked_at, options_);
    add_pictures();
    return reports_.write(report_, options_, record);
  }

 private:
  static constexpr std::size_t most_text = 64U << 20U;

  void add_text(const TextPage& page) {
    if (text_is_cut_) return;
    text_.pages.push_back({text_.text.size(), page.number});
    text_.text += plain_text(page);
    text_.text += '\n';
    text_is_cut_ = text_.text.size() > most_text;
  }

  void add(std::vector<Finding> findings) {
    std::move(findings.begin(), findings.end(), std::back_inserter(findings_));
  }

  void judge_document() {
    if (options_.looks_for("type")) add(judge_name(name_, document_.type()));
    add(judge_shape(document_.type(), document_.page_count(), options_));
    if (document_.type() == DocumentType::pdf && wants_inspection(options_)) inspect();
    if (options_.looks_for("structure")) {
      for (const auto& part : document_.left_out()) add({make_finding(FindingCode::part_unreadable, 0, {part})});
    }
    judge_words();
    if (text_is_cut_) {
      add({make_finding(FindingCode::not_all_inspected, 0, {"of the text only the first 64 MiB were looked at"})});
    }
    const bool all_blank = report_.pages_looked_at > 0 && report_.blank_pages == report_.pages_looked_at;
    if (all_blank && options_.looks_for("blank")) {
      add({make_finding(FindingCode::blank_document, 0,
                        {report_.blank_pages == 1 ? "its only page is blank" : "all pages are blank"})});
    }
  }

  void inspect() {
    const auto facts = inspect_pdf(file_.bytes(), password_);
    add(facts ? judge_pdf(*facts, options_) : judge_uninspected(facts.error(), options_));
  }

  void judge_words() {
    if (const auto* whole = document_.text()) {
      text_.text = *whole;
      text_.pages = {{0, 0}};
    }
    const auto language = nlp::guess_document_language(text_.text);
    constexpr double sure = 0.5;
    if (language.is_reliable || language.confidence >= sure) report_.language = language.code;
    const auto signature = nlp::sign_text(text_.text, shared_segmenter());
    if (signature) report_.signature = to_hex(*signature);
    if (document_.text() != nullptr) {
      report_.pages_with_text = signature ? 1 : 0;
      if (!signature && options_.looks_for("blank")) {
        add({shows_more_than_text(document_.type(), file_.bytes())
                 ? make_finding(FindingCode::not_all_inspected, 0, {"it has no words, but pictures or embedded files"})
                 : make_finding(FindingCode::blank_document, 0, {"its text has no words"})});
      }
    }
    add(judge_text(text_, report_.language, options_));
  }

  // Of pages that are complained of but were not drawn.
  void add_pictures() {
    constexpr double dpi = 36;
    if (!options_.writes_html || document_.text() != nullptr) return;
    for (const auto& finding : report_.judgement.findings) {
      if (report_.pictures.size() >= options_.thumbnails) return;
      const bool complains = options_.severity_of(finding.code) >= Severity::warning;
      if (!complains || finding.page == 0 || report_.pictures.contains(finding.page)) continue;
      if (finding.code == FindingCode::page_unreadable) continue;
      const auto page = document_.page(finding.page);
      if (!page) continue;
      if (const auto image = (*page)->image(dpi)) {
        report_.pictures[finding.page] = html_picture(*image, thumbnail_width);
      }
    }
  }

  Document& document_;
  const std::string name_;
  const std::string password_;
  const ValidationOptions options_;
  const MappedFile file_;
  Reports reports_;
  Report report_;
  std::vector<Finding> findings_;
  DocumentText text_;
  bool text_is_cut_ = false;
};

Result<std::unique_ptr<PageWorker>> open_worker(const StageSetup& setup) {
  DOCMILL_TRY(options, read_validation_options(setup.options));
  return std::make_unique<ValidationWorker>(std::move(options), setup.document);
}

Result<std::unique_ptr<PageWriter>> open_writer(const StageSetup& setup) {
  DOCMILL_TRY(options, read_validation_options(setup.options));
  DOCMILL_CHECK(nlp::installed_language_model());
  DOCMILL_TRY(file, MappedFile::map(setup.input.descriptor));
  DOCMILL_TRY(reports, Reports::open(options, setup.input.name, setup.context));
  return std::make_unique<ValidationWriter>(setup, std::move(options), std::move(file), std::move(reports));
}

FindingCode code_of(const Error& error) {
  if (error.code == ErrorCode::encrypted) return FindingCode::encrypted;
  return error.code == ErrorCode::unsupported_type ? FindingCode::unsupported_type : FindingCode::unreadable;
}

Status judge_unopened(const UnopenedSetup& setup, const Error& error, RecordMembers& record) {
  DOCMILL_TRY(options, read_validation_options(setup.options));
  DOCMILL_TRY(reports, Reports::open(options, setup.input.name, setup.context));
  std::vector<Finding> findings{make_finding(code_of(error), 0, {error.message})};
  Report report;
  report.document = setup.input.name;
  if (const auto file = MappedFile::map(setup.input.descriptor)) {
    report.sha256 = digest_of(file->bytes());
    if (const auto type = sniff(file->bytes())) {
      report.media_type = media_type(*type);
      if (options.looks_for("type")) {
        auto of_name = judge_name(setup.input.name, *type);
        std::move(of_name.begin(), of_name.end(), std::back_inserter(findings));
      }
    }
  } else {
    report.sha256 = digest_of({});
  }
  report.judgement = judge(std::move(findings), 0, options);
  return reports.write(report, options, record);
}

Status warm_up(const boost::json::object&) {
  constexpr std::string_view text = "The committee measured the old bridge.";
  nlp::guess_document_language(text);
  nlp::sign_text(text, shared_segmenter());
  return {};
}

}  // namespace

const Stage& validation_stage() {
  static constexpr Stage stage{.name = stage_name,
                               .makes_text = false,
                               .wants_text = true,
                               .open_worker = open_worker,
                               .open_writer = open_writer,
                               .judge_unopened = judge_unopened,
                               .warm_up = warm_up};
  return stage;
}

}  // namespace docmill
