#include "core/options.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <limits>
#include <numeric>

#include "core/json_text.hpp"
#include "core/option_rules.hpp"
#include "core/page_list.hpp"
#include "core/quantity.hpp"
#include "core/validation_rules.hpp"

namespace docmill {
namespace {

namespace json = boost::json;
using enum OptionType;

constexpr std::array stages{std::string_view{"preprocessing"}, std::string_view{"ocr"}, std::string_view{"validation"},
                            std::string_view{"nlp"}, std::string_view{"noop"}};

// Stages that may not stand in the other order, and why.
struct Order {
  std::string_view first;
  std::string_view second;
  std::string_view reason;
};
constexpr std::array orders{Order{"preprocessing", "ocr", "what is read already gains nothing from cleaner pixels"},
                            Order{"ocr", "nlp", "nlp works on the text that ocr makes"},
                            Order{"preprocessing", "nlp", "nlp works on text, and its outputs come last"},
                            Order{"ocr", "validation", "validation judges the text that ocr makes, too"},
                            Order{"preprocessing", "validation", "its verdict is about the document, and comes last"},
                            Order{"validation", "nlp", "nlp may mask the text that validation looks at"}};

// Stages that stand alone, and why.
constexpr std::string_view lonely_stage = "noop";
constexpr std::string_view lonely_reason = "it opens no document, so that others have nothing to do before or after it";

constexpr std::array options{
    OptionSpec{
        "preprocessing", "steps", 0, list, R"(["auto"])",
        "auto|none|rotate|split|borders|deskew|dewarp|background|specks|contrast|resolution|binarize", 0, 0,
        "What to do with a page, always in this order: turn it upright, cut double pages, take dark borders away, "
        "straighten it, flatten curved lines, even out the paper, take grain and specks away, make ink black "
        "and paper white, bring it to --output-dpi, make it black and white; auto: rotate, borders, deskew, "
        "dewarp, background, specks, contrast, or none where the PDF is to be repaired, split, …"},
    OptionSpec{"preprocessing", "repair", 0, boolean, "false", "", 0, 0,
               "Write the PDF again as it is, with a sound structure; the record says what was wrong"},
    OptionSpec{"preprocessing", "linearize", 0, boolean, "false", "", 0, 0,
               "Write the PDF again as it is, so that its first page can be shown while the rest is loaded"},
    OptionSpec{"preprocessing", "decrypt", 0, boolean, "false", "", 0, 0,
               "Write the PDF again as it is, without encryption; it must open without a password or with --password"},
    OptionSpec{"preprocessing", "split_pages", 0, integer, "0", "", 0, 1'000'000,
               "Write the PDF in pieces of so many pages, pages-012-024.pdf; 0: no limit"},
    OptionSpec{"preprocessing", "split_size", 0, size, "0", "", 0, 1e15,
               "Write the PDF in pieces of at most this size, like 10MB; a page that is larger by itself is a piece by "
               "itself; 0: no limit"},
    OptionSpec{"preprocessing", "cleaned", 0, list, R"(["auto"])", "auto|none|pdf|tiff", 0, 0,
               "Write the cleaned pages as PDF or as TIFF, black and white pages as CCITT G4, gray ones as JPEG; auto: "
               "as PDF where no other stage follows"},
    OptionSpec{"preprocessing", "output_dpi", 0, integer, "300", "", 72, 1200,
               "Resolution that the step resolution makes"},
    OptionSpec{"preprocessing", "keep_steps", 0, boolean, "false", "", 0, 0,
               "Write an HTML page with pictures before and after each step"},
    OptionSpec{"ocr",
               "language",
               'l',
               text,
               R"("eng")",
               "",
               0,
               0,
               "Languages of the text, ISO 639-1 or Tesseract's names: en, eng, eng+deu",
               false,
               {},
               check_engine_languages},
    OptionSpec{"ocr", "mode", 'm', choice, R"("auto")", "auto|force|skip|redo", 0, 0,
               "auto: read usable text layers, recognise the other pages; force: recognise every page; skip: leave "
               "pages with text alone; redo: replace an earlier OCR layer"},
    OptionSpec{
        "ocr", "format", 0, list, R"(["txt"])", "txt|json|hocr|alto|tsv|pdf|blocks", 0, 0,
        "What to write: txt, json (blocks, lines, words with boxes), hocr, alto, tsv, pdf (searchable), blocks (the "
        "JSON of Amazon Textract)"},
    OptionSpec{"ocr", "output_type", 0, choice, R"("pdf")", "pdf|pdfa", 0, 0,
               "The format pdf: pdf (the original with text) or pdfa (PDF/A-2b, by Ghostscript, checked against the "
               "original; where that fails a plain PDF, and the record says why)"},
    OptionSpec{"ocr", "sidecar", 0, boolean, "false", "", 0, 0, "Write txt as well, whatever the formats are"},
    OptionSpec{every_stage, "pages", 0, pages, R"("")", "", 0, 0, "Only these pages: 1,3-5,8-end"},
    OptionSpec{every_stage, "password", 0, text, R"("")", "", 0, 0, "Password of encrypted PDFs", true},
    OptionSpec{
        every_stage, "strict", 0, boolean, "false", "", 0, 0,
        "A page that fails makes its document fail; false: the other pages are kept, and the outcome is partial"},
    OptionSpec{every_stage, "oversample", 0, integer, "300", "", 72, 1200,
               "Resolution in dpi at which pages that are no scans are drawn"},
    OptionSpec{every_stage, "image_dpi", 0, integer, "0", "", 0, 2400,
               "Resolution of images that do not say theirs, in dpi; 0: 300"},
    OptionSpec{
        every_stage, "normalize_text", 0, list, R"(["none"])", "none|all|nfc|ligatures|hyphenation", 0, 0,
        "Change the text in txt, and what nlp sees: nfc (composed characters, Unicode's form C), ligatures (take "
        "them apart), hyphenation (join words that are cut at the ends of lines)"},
    OptionSpec{"ocr", "retry_below", 0, number, "0.6", "", 0, 1,
               "Try pages again in other ways that were read with less confidence, and keep the best; 0: never"},
    OptionSpec{"ocr", "skip_big", 0, number, "0", "", 0, 10'000,
               "Leave pages alone that have more megapixels; 0: none"},
    OptionSpec{"ocr", "rotate_pages", 'r', boolean, "false", "", 0, 0,
               "Turn pages upright before they are recognised, and in the PDF (the step rotate of preprocessing)"},
    OptionSpec{"ocr", "deskew", 'd', boolean, "false", "", 0, 0,
               "Straighten pages by up to 12 degrees before they are recognised (the step deskew of preprocessing)"},
    OptionSpec{"ocr", "clean", 'c', boolean, "false", "", 0, 0,
               "Clean pages before they are recognised (the steps borders, background and specks of preprocessing)"},
    OptionSpec{"ocr",
               "tesseract_pagesegmode",
               0,
               integer,
               "3",
               "",
               0,
               13,
               "Tesseract's page segmentation mode",
               false,
               {},
               check_segmentation_mode},
    OptionSpec{"ocr", "tesseract_oem", 0, integer, "3", "", 0, 3,
               "Tesseract's engine mode: 1 neural network, 0 and 2 need models that have the older engine; 3: 1"},
    OptionSpec{"ocr", "user_words", 0, file, R"("")", "", 0, 0, "Words that the text is likely to have, one a line"},
    OptionSpec{"ocr", "user_patterns", 0, file, R"("")", "", 0, 0,
               "Patterns of words that it is likely to have, as Tesseract writes them, one a line"},
    OptionSpec{
        "ocr", "prepare", 0, boolean, "true", "", 0, 0,
        "Feed the engine gray, deskewed, smoothed pixels scaled to the text height it wants; false: as they are"},
    OptionSpec{
        "nlp", "analyses", 0, list,
        R"(["language","sentences","phrases","summary","entities","statistics","signature"])",
        "language|sentences|tokens|phrases|summary|entities|statistics|signature|barcodes", 0, 0,
        "What to find out: language (of document and paragraphs), sentences, tokens (with stems; several times as "
        "large as the text), phrases, summary, entities, statistics, signature (for near-duplicates), barcodes "
        "(pages must be drawn for them)"},
    OptionSpec{"nlp", "redact", 0, list, R"(["none"])",
               "none|all|email|url|iban|card|date|money|phone|person|organisation|place", 0, 0,
               "Mask these entities in the text and in all that is said of it; the record counts them. all: those that "
               "patterns find; names only where they are named, and many are missed"},
    OptionSpec{"nlp", "names", 0, boolean, "false", "", 0, 0,
               "Find people, organisations and places, too, in paragraphs of English; many are missed or wrong"},
    OptionSpec{"nlp", "key_phrases", 0, integer, "10", "", 0, 100, "Key phrases at most"},
    OptionSpec{"nlp", "summary_sentences", 0, integer, "3", "", 0, 100, "Sentences of the summary at most"},
    OptionSpec{
        "validation", "checks", 0, list,
        R"(["type","structure","encryption","scripts","attachments","references","signatures","claims","fonts","blank","resolution","skew","blur","contrast","borders","text","confidence"])",
        "type|structure|encryption|scripts|attachments|references|signatures|claims|fonts|blank|resolution|skew|blur|"
        "contrast|borders|text|confidence|rendering",
        0, 0,
        "What to look for. Pixels are looked at of scans, images and pages without text only; with rendering every "
        "page "
        "is drawn, which shows whether it can be, and measured"},
    OptionSpec{"validation",
               "rules",
               0,
               file,
               R"("")",
               "",
               0,
               0,
               "Rules in TOML: these options as keys, and a table [severity]; options that are given themselves win",
               false,
               {},
               check_rules_file},
    OptionSpec{"validation", "min_pages", 0, integer, "0", "", 0, 1'000'000, "Rule: so many pages at least; 0: none"},
    OptionSpec{"validation", "max_pages", 0, integer, "0", "", 0, 1'000'000, "Rule: so many pages at most; 0: none",
               false, "rule_max_pages"},
    OptionSpec{"validation", "allowed_types", 0, list, R"(["any"])",
               "any|pdf|png|jpeg|tiff|webp|jpeg2000|bmp|pnm|text|markdown|html|docx|odt|pptx|xlsx|mail", 0, 0,
               "Rule: the content is of one of these types"},
    OptionSpec{"validation",
               "required_patterns",
               0,
               texts,
               "[]",
               "",
               0,
               0,
               "Rule: something in the text fits each of these regular expressions (RE2's)",
               false,
               {},
               check_patterns},
    OptionSpec{"validation",
               "forbidden_patterns",
               0,
               texts,
               "[]",
               "",
               0,
               0,
               "Rule: nothing in the text fits any of these regular expressions (RE2's)",
               false,
               {},
               check_patterns},
    OptionSpec{"validation", "min_dpi", 0, number, "0", "", 0, 2400,
               "Rule: scans have so many dpi at least; 0: none, but below 150 is a warning"},
    OptionSpec{"validation", "min_confidence", 0, number, "0", "", 0, 1,
               "Rule: pages are recognised with so much confidence at least; 0: none, but below 0.6 is a warning"},
    OptionSpec{"validation",
               "languages",
               0,
               text,
               R"("")",
               "",
               0,
               0,
               "Rule: the text is in one of these languages, written as --language takes them: en, eng+deu",
               false,
               {},
               check_allowed_languages},
    OptionSpec{"validation",
               "severity",
               0,
               text,
               R"("")",
               "",
               0,
               0,
               "Other severities of findings: embedded_file=error,javascript=off (off, info, warning, error)",
               false,
               {},
               check_severities},
    OptionSpec{"validation", "report", 0, list, R"(["json","html"])", "json|html|none", 0, 0,
               "Reports to write beside the record: json, html (with thumbnails of the pages complained about)"},
    OptionSpec{"validation", "thumbnails", 0, integer, "12", "", 0, 1'000,
               "Thumbnails in the HTML report at most; pages that were not drawn for a check are drawn for them"},
    OptionSpec{"noop", "sleep_ms", 0, integer, "0", "", 0, 3'600'000,
               "Does nothing for so long: to measure and test the queue itself"},
    OptionSpec{"noop", "fault", 0, choice, R"("")", "|crash|hang|exit|allocate|garbage", 0, 0,
               "For tests of docmill itself: the worker really crashes, hangs, exits without an answer, …"},
    OptionSpec{"noop", "fault_document", 0, text, R"("")", "", 0, 0,
               "For tests of docmill itself: the fault hits only documents whose name contains this text"},
};

// Letters added, left out, changed, or swapped with their neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> distance(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  std::iota(distance[0].begin(), distance[0].end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    distance[i][0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = distance[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      distance[i][j] = std::min({changed, distance[i - 1][j] + 1, distance[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
    }
  }
  return distance[a.size()][b.size()];
}

// One part more than there are separators: "ocr," has an empty one at its end.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (auto end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

Error invalid(const OptionSpec& spec, const std::string& expected, const json::value& given) {
  const auto owner = spec.stage == every_stage ? std::string() : " of stage " + std::string(spec.stage);
  return fail(ErrorCode::invalid_option,
              "option '" + std::string(spec.name) + "'" + owner + " must be " + expected + ", not " + json_text(given));
}

std::string who_has(std::string_view stage) {
  return stage == every_stage ? "documents have" : "stage '" + std::string(stage) + "' has";
}

// `owner`: what has the options `known`, as in "stage 'ocr' has".
Error unknown_option(const std::string& owner, std::string_view name, std::span<const std::string_view> known) {
  const auto sentence = owner + " no option '" + std::string(name) + "'";
  const auto elsewhere = std::ranges::find(options, name, &OptionSpec::name);
  const auto hint = elsewhere == options.end() ? meant(name, known) : "; " + who_has(elsewhere->stage) + " it";
  return fail(ErrorCode::invalid_option, sentence + hint);
}

// As a person writes it: Boost's JSON makes 7.2E1 of 72, and the shortest form 1e+06 of a million.
std::string plain(double number) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed).ptr;
  return {text.data(), end};
}

Result<json::value> to_boolean(const OptionSpec& spec, const json::value& given) {
  if (given.is_bool()) return given;
  if (given.is_string()) {
    if (given.get_string() == "true" || given.get_string() == "yes") return json::value(true);
    if (given.get_string() == "false" || given.get_string() == "no") return json::value(false);
  }
  return invalid(spec, "true or false", given);
}

Result<json::value> to_number(const OptionSpec& spec, const json::value& given) {
  const std::string expected = (spec.type == integer ? "a whole number from " : "a number from ") +
                               plain(spec.minimum) + " to " + plain(spec.maximum);
  double value = std::numeric_limits<double>::quiet_NaN();
  if (given.is_number()) {
    value = given.to_number<double>();
  } else if (given.is_string()) {
    const auto& digits = given.get_string();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return invalid(spec, expected, given);
  }
  if (!(value >= spec.minimum && value <= spec.maximum)) return invalid(spec, expected, given);
  if (spec.type == number) return json::value(value);
  const auto whole = static_cast<std::int64_t>(value);
  if (static_cast<double>(whole) != value) return invalid(spec, expected, given);
  return json::value(whole);
}

Result<json::value> to_size(const OptionSpec& spec, const json::value& given) {
  std::optional<std::int64_t> bytes;
  if (given.is_string()) bytes = parse_bytes(given.get_string());
  if (given.is_number()) {
    boost::system::error_code error;
    const auto whole = given.to_number<std::int64_t>(error);
    if (!error) bytes = whole;
  }
  const auto maximum = static_cast<std::int64_t>(spec.maximum);
  if (bytes && *bytes >= 0 && *bytes <= maximum) return json::value(*bytes);
  return invalid(spec, "a size like 10MB", given);
}

Status check_choice(const OptionSpec& spec, std::string_view given) {
  const auto allowed = choices_of(spec);
  if (std::find(allowed.begin(), allowed.end(), given) != allowed.end()) return {};
  return fail(ErrorCode::invalid_option, "'" + std::string(given) + "' is no value of option '" +
                                             std::string(spec.name) + "' (" + std::string(spec.choices) + ")" +
                                             meant(given, allowed));
}

Result<json::value> to_list(const OptionSpec& spec, const json::value& given) {
  json::array items;
  if (given.is_array()) {
    items = given.get_array();
  } else if (given.is_string()) {
    for (const auto item : split(std::string_view(given.get_string()), ',')) items.emplace_back(item);
  }
  if (items.empty()) return invalid(spec, "a list of " + std::string(spec.choices), given);
  for (const auto& item : items) {
    if (!item.is_string()) return invalid(spec, "a list of " + std::string(spec.choices), given);
    const auto word = std::string_view(item.get_string());
    if (word.empty()) return invalid(spec, "a list of " + std::string(spec.choices), given);
    DOCMILL_CHECK(check_choice(spec, word));
    if (items.size() > 1 && (word == "none" || word == "any")) {
      return fail(ErrorCode::invalid_option,
                  "option '" + std::string(spec.name) + "' is " + std::string(word) + " or something, not both");
    }
  }
  return json::value(std::move(items));
}

// Texts of any kind, so that commas part nothing.
Result<json::value> to_texts(const OptionSpec& spec, const json::value& given) {
  const std::string expected = "a list of texts";
  json::array items;
  if (given.is_string()) {
    for (const auto line : split(std::string_view(given.get_string()), '\n')) {
      if (!line.empty()) items.emplace_back(line);
    }
    return json::value(std::move(items));
  }
  if (!given.is_array()) return invalid(spec, expected, given);
  for (const auto& item : given.get_array()) {
    if (!item.is_string()) return invalid(spec, expected, given);
  }
  return given;
}

// Whether stages that are known, each once, make sense in this order.
Status check_order(const std::vector<std::string>& pipeline) {
  const auto place = [&](std::string_view stage) { return std::find(pipeline.begin(), pipeline.end(), stage); };
  if (place(lonely_stage) != pipeline.end() && pipeline.size() > 1) {
    return fail(ErrorCode::invalid_option,
                "stage '" + std::string(lonely_stage) + "' stands alone in a pipeline: " + std::string(lonely_reason));
  }
  for (const auto& order : orders) {
    const auto second = place(order.second);
    if (std::find(second, pipeline.end(), order.first) == pipeline.end()) continue;
    return fail(ErrorCode::invalid_option, "stage '" + std::string(order.first) + "' must stand before '" +
                                               std::string(order.second) + "': " + std::string(order.reason));
  }
  const bool is_read = place("ocr") != pipeline.end();
  if (place("preprocessing") != pipeline.end() && place("nlp") != pipeline.end() && !is_read) {
    return fail(ErrorCode::invalid_option,
                "stage 'nlp' works on text, and 'preprocessing' on pixels only: put 'ocr' between them");
  }
  return {};
}

// What the file of rules says, for options that are not given themselves.
void add_rules(json::object& given) {
  const auto* const rules = given.if_contains("rules");
  if (rules == nullptr || !rules->is_string()) return;
  const auto from_file = read_rules(rules->get_string());
  if (!from_file) return;  // what is wrong with it is said when the option is checked
  for (const auto& rule : *from_file) given.emplace(rule.key(), rule.value());
}

// Options travel as JSON, which holds UTF-8 only; command lines and files of words may hold any bytes.
bool is_utf8(const json::value& given) {
  boost::system::error_code error;
  json::parse(json::serialize(given), error);
  return !error;
}

Result<json::value> typed_value(const OptionSpec& spec, const json::value& given) {
  switch (spec.type) {
    case boolean:
      return to_boolean(spec, given);
    case integer:
    case number:
      return to_number(spec, given);
    case list:
      return to_list(spec, given);
    case size:
      return to_size(spec, given);
    case texts:
      return to_texts(spec, given);
    case choice:
      if (!given.is_string()) return invalid(spec, "one of " + std::string(spec.choices), given);
      DOCMILL_CHECK(check_choice(spec, std::string_view(given.get_string())));
      return given;
    case pages:
      if (!given.is_string()) return invalid(spec, "pages like 1,3-5,8-end", given);
      DOCMILL_CHECK(parse_page_list(given.get_string()));
      return given;
    case file:
    case text:
      if (!given.is_string()) return invalid(spec, "text", given);
      if (!is_utf8(given))
        return fail(ErrorCode::invalid_option, "option '" + std::string(spec.name) + "' must be text in UTF-8");
      return given;
  }
  return invalid(spec, "of a known type", given);
}

}  // namespace

std::span<const OptionSpec> all_options() { return options; }

std::span<const std::string_view> all_stages() { return stages; }

bool has_options(std::string_view stage) {
  return std::any_of(options.begin(), options.end(), [&](const OptionSpec& spec) { return spec.stage == stage; });
}

Result<const OptionSpec*> find_option(std::string_view stage, std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& spec : options) {
    if (spec.stage != stage) continue;
    if (spec.name == name) return &spec;
    names.push_back(spec.name);
  }
  return unknown_option(who_has(stage), name, names);
}

Result<json::value> option_value(const OptionSpec& spec, const json::value& given) {
  DOCMILL_TRY(value, typed_value(spec, given));
  if (spec.check == nullptr) return value;
  const auto checked = spec.check(value);
  if (checked) return value;
  return fail(checked.error().code, "option '" + std::string(spec.name) + "': " + checked.error().message);
}

std::vector<std::string_view> choices_of(const OptionSpec& spec) { return split(spec.choices, '|'); }

bool applies_to(const OptionSpec& spec, std::string_view stage) {
  return spec.stage == stage || (spec.stage == every_stage && stage != lonely_stage);
}

std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> names) {
  std::optional<std::string_view> best;
  std::size_t best_distance = std::min<std::size_t>(4, name.size());
  for (const auto candidate : names) {
    const auto distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string meant(std::string_view name, std::span<const std::string_view> names) {
  const auto guess = nearest(name, names);
  return guess ? "; did you mean '" + std::string(*guess) + "'?" : std::string();
}

Result<std::vector<std::string>> parse_pipeline(std::string_view pipeline) {
  std::vector<std::string> result;
  if (pipeline.empty()) return fail(ErrorCode::invalid_option, "the pipeline names no stage; for example: ocr");
  for (const auto stage : split(pipeline, ',')) {
    if (stage.empty()) {
      return fail(ErrorCode::invalid_option, "the pipeline '" + std::string(pipeline) +
                                                 "' has a comma without a stage; for example: preprocessing,ocr");
    }
    if (std::find(stages.begin(), stages.end(), stage) == stages.end()) {
      return fail(ErrorCode::invalid_option, "no stage is called '" + std::string(stage) + "'" + meant(stage, stages));
    }
    if (std::find(result.begin(), result.end(), stage) != result.end()) {
      return fail(ErrorCode::invalid_option, "stage '" + std::string(stage) + "' stands twice in the pipeline");
    }
    result.emplace_back(stage);
  }
  DOCMILL_CHECK(check_order(result));
  return result;
}

bool reads_texts(std::string_view stage) { return stage == "nlp" || stage == "validation"; }

bool reads_texts(std::span<const std::string> stages_used) {
  return std::any_of(stages_used.begin(), stages_used.end(), [](std::string_view stage) { return reads_texts(stage); });
}

json::object without_secrets(json::object given) {
  for (const auto& spec : options) {
    if (spec.secret) given.erase(spec.name);
  }
  return given;
}

Result<json::object> resolve_options(std::string_view pipeline, const json::object& options_given) {
  DOCMILL_TRY(stages_used, parse_pipeline(pipeline));
  const bool validates = std::find(stages_used.begin(), stages_used.end(), "validation") != stages_used.end();
  auto given = options_given;
  if (validates) add_rules(given);
  json::object resolved;
  std::vector<std::string_view> known;
  for (const auto& spec : options) {
    const auto applies = [&](const std::string& stage) { return applies_to(spec, stage); };
    if (std::none_of(stages_used.begin(), stages_used.end(), applies)) continue;
    known.push_back(spec.name);
    const auto* value = given.if_contains(spec.name);
    if (value == nullptr) {
      resolved[spec.name] = json::parse(spec.default_value);
      continue;
    }
    DOCMILL_TRY(converted, option_value(spec, *value));
    resolved[spec.name] = std::move(converted);
  }
  for (const auto& item : given) {
    if (std::find(known.begin(), known.end(), item.key()) == known.end())
      return unknown_option("pipeline " + std::string(pipeline) + " has", item.key(), known);
  }
  DOCMILL_CHECK(check_rules(stages_used, resolved));
  return resolved;
}

}  // namespace docmill
