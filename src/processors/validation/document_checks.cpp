#include "processors/validation/document_checks.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "core/language.hpp"

namespace docmill::validation {
namespace {

struct TypeName {
  DocumentType type;
  std::string_view name;
};
constexpr std::array type_names{
    TypeName{DocumentType::pdf, "pdf"},   TypeName{DocumentType::png, "png"},
    TypeName{DocumentType::jpeg, "jpeg"}, TypeName{DocumentType::tiff, "tiff"},
    TypeName{DocumentType::webp, "webp"}, TypeName{DocumentType::jpeg2000, "jpeg2000"},
    TypeName{DocumentType::bmp, "bmp"},   TypeName{DocumentType::pnm, "pnm"},
    TypeName{DocumentType::text, "text"}, TypeName{DocumentType::markdown, "markdown"},
    TypeName{DocumentType::html, "html"}, TypeName{DocumentType::docx, "docx"},
    TypeName{DocumentType::odt, "odt"},   TypeName{DocumentType::pptx, "pptx"},
    TypeName{DocumentType::xlsx, "xlsx"}, TypeName{DocumentType::mail, "mail"},
};

// Endings of names and the types that may stand behind them (names of the table above). None: a type that docmill does
// not read, so that whatever was read is not it.
struct Ending {
  std::string_view ending;
  std::string_view types;
};
constexpr std::array endings{
    Ending{"pdf", "pdf"},
    Ending{"png", "png"},
    Ending{"jpg", "jpeg"},
    Ending{"jpeg", "jpeg"},
    Ending{"jpe", "jpeg"},
    Ending{"jfif", "jpeg"},
    Ending{"tif", "tiff"},
    Ending{"tiff", "tiff"},
    Ending{"webp", "webp"},
    Ending{"jp2", "jpeg2000"},
    Ending{"j2k", "jpeg2000"},
    Ending{"jpx", "jpeg2000"},
    Ending{"jpf", "jpeg2000"},
    Ending{"jpc", "jpeg2000"},
    Ending{"j2c", "jpeg2000"},
    Ending{"bmp", "bmp"},
    Ending{"dib", "bmp"},
    Ending{"pnm", "pnm"},
    Ending{"pbm", "pnm"},
    Ending{"pgm", "pnm"},
    Ending{"ppm", "pnm"},
    Ending{"pam", "pnm"},
    Ending{"txt", "text markdown html mail"},
    Ending{"md", "markdown html"},
    Ending{"markdown", "markdown html"},
    Ending{"html", "html text"},
    Ending{"htm", "html text"},
    Ending{"xhtml", "html text"},
    Ending{"docx", "docx"},
    Ending{"odt", "odt"},
    Ending{"pptx", "pptx"},
    Ending{"xlsx", "xlsx"},
    Ending{"eml", "mail"},
    Ending{"doc", ""},
    Ending{"xls", ""},
    Ending{"ppt", ""},
    Ending{"rtf", ""},
    Ending{"gif", ""},
    Ending{"heic", ""},
    Ending{"zip", ""},
    Ending{"msg", ""},
    Ending{"exe", ""},
    Ending{"mp3", ""},
    Ending{"mp4", ""},
};

bool has_word(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; (at = words.find(word, at)) != std::string_view::npos; ++at) {
    const bool begins = at == 0 || words[at - 1] == ' ';
    const bool ends = at + word.size() == words.size() || words[at + word.size()] == ' ';
    if (begins && ends) return true;
  }
  return false;
}

// In lower case, without the dot; empty: there is none.
std::string ending_of(std::string_view name) {
  if (name.find("://") != std::string_view::npos) name = name.substr(0, name.find_first_of("?#"));
  const auto slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  std::string ending(name.substr(dot + 1));
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

std::string joined(const auto& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + std::string(text);
  return all;
}

std::string quoted(const std::string& pattern) { return "'" + pattern + "'"; }

// Patterns were checked when the job was submitted. ^ and $ are the ends of lines.
re2::RE2 compiled(const std::string& pattern) { return {"(?m)" + pattern, re2::RE2::Quiet}; }

std::set<int> pages_with(const re2::RE2& pattern, const DocumentText& text) {
  std::set<int> pages;
  re2::StringPiece found;
  const re2::StringPiece whole(text.text.data(), text.text.size());
  for (std::size_t from = 0; from <= whole.size();) {
    if (!pattern.Match(whole, from, whole.size(), re2::RE2::UNANCHORED, &found, 1)) break;
    const auto begin = static_cast<std::size_t>(found.data() - whole.data());
    pages.insert(text.page_at(begin));
    // On to the next page: one finding a page is enough.
    const auto next = std::upper_bound(text.pages.begin(), text.pages.end(), begin,
                                       [](std::size_t at, const auto& page) { return at < page.offset; });
    if (next == text.pages.end()) break;
    from = next->offset;
  }
  return pages;
}

bool is_allowed(std::string_view language, const std::vector<std::string>& allowed) {
  // CLD2 adds the script to Chinese: zh-Hant.
  const auto models = engine_languages(language.substr(0, language.find('-')));
  if (!models) return false;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name) {
    return name.substr(0, 3) == models->front().substr(0, 3);  // chi_sim, chi_tra: one language
  });
}

}  // namespace

std::string_view short_name(DocumentType type) {
  const auto* const found =
      std::find_if(type_names.begin(), type_names.end(), [&](const TypeName& row) { return row.type == type; });
  DOCMILL_ASSERT(found != type_names.end());
  return found->name;
}

std::vector<Finding> judge_name(std::string_view name, DocumentType type) {
  const auto ending = ending_of(name);
  const auto* const row =
      std::find_if(endings.begin(), endings.end(), [&](const Ending& known) { return known.ending == ending; });
  if (row == endings.end() || has_word(row->types, short_name(type))) return {};
  return {make_finding(FindingCode::type_mismatch, 0, {ending, media_type(type)})};
}

int DocumentText::page_at(std::size_t offset) const {
  auto page = std::upper_bound(pages.begin(), pages.end(), offset,
                               [](std::size_t at, const PageStart& start) { return at < start.offset; });
  return page == pages.begin() ? 0 : std::prev(page)->page;
}

bool shows_more_than_text(DocumentType type, std::string_view bytes) {
  constexpr std::array office_types{DocumentType::docx, DocumentType::odt, DocumentType::pptx, DocumentType::xlsx};
  if (std::find(office_types.begin(), office_types.end(), type) == office_types.end()) return false;
  // Names of members stand in a zip as they are.
  constexpr std::array<std::string_view, 5> folders{"/media/", "/embeddings/", "/charts/", "Pictures/", "Object 1/"};
  return std::any_of(folders.begin(), folders.end(),
                     [&](std::string_view folder) { return bytes.find(folder) != std::string_view::npos; });
}

std::vector<Finding> judge_shape(DocumentType type, int page_count, const ValidationOptions& options) {
  std::vector<Finding> findings;
  const auto& allowed = options.allowed_types;
  if (!allowed.empty() && !allowed.contains(short_name(type))) {
    findings.push_back(make_finding(FindingCode::type_not_allowed, 0, {short_name(type), joined(allowed)}));
  }
  const auto count = std::to_string(page_count);
  if (page_count < options.min_pages) {
    findings.push_back(make_finding(FindingCode::too_few_pages, 0, {count, std::to_string(options.min_pages)}));
  }
  if (options.max_pages > 0 && page_count > options.max_pages) {
    findings.push_back(make_finding(FindingCode::too_many_pages, 0, {count, std::to_string(options.max_pages)}));
  }
  return findings;
}

std::vector<Finding> judge_text(const DocumentText& text, std::string_view language, const ValidationOptions& options) {
  std::vector<Finding> findings;
  for (const auto& pattern : options.required_patterns) {
    if (re2::RE2::PartialMatch(re2::StringPiece(text.text.data(), text.text.size()), compiled(pattern))) continue;
    findings.push_back(make_finding(FindingCode::pattern_missing, 0, {quoted(pattern)}));
  }
  for (const auto& pattern : options.forbidden_patterns) {
    for (const int page : pages_with(compiled(pattern), text)) {
      findings.push_back(make_finding(FindingCode::pattern_found, page, {quoted(pattern)}));
    }
  }
  if (!options.languages.empty() && language != "und" && !is_allowed(language, options.languages)) {
    findings.push_back(make_finding(FindingCode::language_not_allowed, 0, {language, joined(options.languages)}));
  }
  return findings;
}

}  // namespace docmill::validation
