#include "processors/nlp/nlp_stage.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "processors/nlp/findings.hpp"
#include "processors/nlp/name_tagger.hpp"
#include "processors/nlp/options.hpp"
#include "processors/output.hpp"

namespace docmill {
namespace {

using namespace docmill::nlp;
namespace json = boost::json;

// ICU's rules are loaded once, before the fork; one worker process runs one task at a time.
Segmenter& shared_segmenter() {
  static Segmenter segmenter;
  return segmenter;
}

// All that the text has where the options want any of it: masking needs them, too. `language`: for dates.
std::vector<Entity> entities_of(const Analysis& analysis, std::string_view language, const NlpOptions& options) {
  if (!options.writes("entities") && options.redact.empty()) return {};
  auto found = find_entities(analysis.text, language, options.redact);
  if (options.names) add_names(found, find_names(analysis, NameModel::built_in()));
  return found;
}

// Before the text is masked, and only as much as the search for entities needs.
std::vector<Entity> entities_before_masking(std::string_view text, const NlpOptions& options) {
  Analysis analysis;
  analysis.text = text;
  if (options.names) analysis = analyse(text, {.key_phrases = 0, .summary_sentences = 0}, shared_segmenter());
  return entities_of(analysis, guess_document_language(text).code, options);
}

// Takes the entities that are to be masked out of the text.
std::string masked(const std::string& text, const std::vector<Entity>& entities, const NlpOptions& options) {
  std::vector<Entity> secret;
  std::copy_if(entities.begin(), entities.end(), std::back_inserter(secret), [&](const Entity& entity) {
    return std::find(options.redact.begin(), options.redact.end(), entity.kind) != options.redact.end();
  });
  return redact(text, secret);
}

// Where entities begin and end in the masked text: masks are as long as what they mask in characters, not in bytes.
void move_into(std::vector<Entity>& entities, std::string_view from, std::string_view to) {
  std::size_t byte_from = 0;
  std::size_t byte_to = 0;
  const auto moved = [&](std::uint32_t byte) {
    while (byte_from < byte) {
      next_code_point(from, byte_from);
      next_code_point(to, byte_to);
    }
    return static_cast<std::uint32_t>(byte_to);
  };
  for (auto& entity : entities) {
    entity.span.begin = moved(entity.span.begin);
    entity.span.end = moved(entity.span.end);
  }
}

// What the worker tells the writer about a page: its barcodes, as JSON.
std::string note_of(const std::vector<PageBarcode>& barcodes) {
  json::array rows;
  for (const auto& [page, dpi, barcode] : barcodes) {
    const auto& box = barcode.box;
    rows.push_back({page, dpi, json::string_view(barcode.format), json::string_view(barcode.text), box.left, box.top,
                    box.right, box.bottom});
  }
  return json::serialize(rows);
}

Status read_note(std::string_view note, std::vector<PageBarcode>& barcodes) {
  boost::system::error_code error;
  const auto value = json::parse(json::string_view(note.data(), note.size()), error);
  if (error || !value.is_array()) return fail(ErrorCode::internal, "the note about a page's barcodes is no list");
  for (const auto& row : value.get_array()) {
    const auto number = [&](std::size_t i) { return row.at(i).to_number<double>(); };
    barcodes.push_back({row.at(0).to_number<int>(),
                        number(1),
                        {std::string(row.at(2).as_string()),
                         std::string(row.at(3).as_string()),
                         {number(4), number(5), number(6), number(7)}}});
  }
  return {};
}

class BarcodeWorker final : public PageWorker {
 public:
  explicit BarcodeWorker(bool is_wanted) : is_wanted_(is_wanted) {}

  Status work(PageWork& page) override {
    if (!is_wanted_) return {};
    DOCMILL_TRY(sheets, page.sheets());
    std::vector<PageBarcode> found;
    for (const auto& sheet : sheets->sheets) {
      for (auto& barcode : find_barcodes(sheet.image)) {
        barcode.box = sheet.way_back.to_page(barcode.box);
        found.push_back({page.page().number(), sheets->dpi, std::move(barcode)});
      }
    }
    if (!found.empty()) page.result.notes["nlp"] = note_of(found);
    return {};
  }

 private:
  const bool is_wanted_;
};

class NlpWriter final : public PageWriter {
 public:
  NlpWriter(NlpOptions options, const std::string* whole_text, int text, int findings, const std::string& name)
      : options_(std::move(options)),
        whole_text_(whole_text),
        text_output_(text, "txt output of '" + name + "'"),
        findings_output_(findings, "nlp.json output of '" + name + "'") {}

  // Pages are parted as in the format txt of every stage: the n-th piece between form feeds is the n-th page.
  Status page(const PageResult& page) override {
    if (!is_first_) text_ += '\f';
    is_first_ = false;
    text_ += normalized_text(page.text, options_.text);
    if (const auto note = page.notes.find("nlp"); note != page.notes.end())
      DOCMILL_CHECK(read_note(note->second, barcodes_));
    if (text_.size() <= most_text) return {};
    return fail(ErrorCode::too_large,
                "The document has more than " + std::to_string(most_text >> 20U) + " MiB of text, which is the limit.");
  }

  Status finish(RecordMembers& record) override {
    const bool is_as_it_was = options_.text.does_nothing();
    if (whole_text_ != nullptr && !is_as_it_was) text_ = normalized(*whole_text_, options_.text);
    const std::string& text = whole_text_ != nullptr && is_as_it_was ? *whole_text_ : text_;
    if (options_.redact.empty()) return finish_with(text, {}, record);
    auto entities = entities_before_masking(text, options_);
    const auto masked_text = masked(text, entities, options_);
    move_into(entities, text, masked_text);
    return finish_with(masked_text, std::move(entities), record);
  }

 private:
  static constexpr std::size_t most_text = 256U << 20U;

  Status finish_with(std::string_view text, std::vector<Entity> entities, RecordMembers& record) {
    DOCMILL_CHECK(text_output_.write(text));
    DOCMILL_CHECK(text_output_.flush());
    Findings findings{analyse(text, options_.analysis, shared_segmenter()), std::move(entities), std::move(barcodes_)};
    for (auto& item : findings.barcodes) {
      auto& code = item.barcode.text;
      if (options_.redact.empty()) continue;
      code = masked(code, find_entities(code, findings.analysis.language.code, options_.redact), options_);
    }
    if (options_.redact.empty()) {
      findings.entities = entities_of(findings.analysis, findings.analysis.language.code, options_);
    }
    DOCMILL_CHECK(write_findings(findings, options_, findings_output_));
    record.add("nlp", record_of(findings, options_));
    return {};
  }

  const NlpOptions options_;
  const std::string* const whole_text_;  // of a document without pages; null: it has pages
  Output text_output_;
  Output findings_output_;
  std::string text_;
  std::vector<PageBarcode> barcodes_;
  bool is_first_ = true;
};

Result<std::unique_ptr<PageWorker>> open_worker(const StageSetup& setup) {
  const auto options = read_nlp_options(setup.options);
  return std::make_unique<BarcodeWorker>(options.writes("barcodes") && setup.document.text() == nullptr);
}

Result<std::unique_ptr<PageWriter>> open_writer(const StageSetup& setup) {
  DOCMILL_CHECK(installed_language_model());
  DOCMILL_TRY(text, setup.context.artifact("txt"));
  DOCMILL_TRY(findings, setup.context.artifact("nlp.json"));
  return std::make_unique<NlpWriter>(read_nlp_options(setup.options), setup.document.text(), text, findings,
                                     setup.input.name);
}

// Once through everything: rules, word lists, patterns.
Status warm_up(const boost::json::object&) {
  constexpr std::string_view text =
      "On 3 May 2024 the committee paid $5 to ann@example.com (www.example.com, +44 20 7946 0958), said Dr. Brown. "
      "Der Ausschuss hat das am 3. Mai 2024 mit 5 Euro bezahlt.";
  analyse(text, {}, shared_segmenter());
  find_entities(text, "en");
  NameModel::built_in();
  return {};
}

}  // namespace

const Stage& nlp_stage() {
  static constexpr Stage stage{.name = "nlp",
                               .makes_text = false,
                               .wants_text = true,
                               .open_worker = open_worker,
                               .open_writer = open_writer,
                               .warm_up = warm_up};
  return stage;
}

}  // namespace docmill
