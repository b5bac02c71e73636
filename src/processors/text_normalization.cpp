#include "processors/text_normalization.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <boost/nowide/utf/utf.hpp>
#include <unordered_set>
#include <utility>

namespace docmill {
namespace {

constexpr std::string_view soft_hyphen = "\u00AD";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

std::string without_ligatures(std::string text) {
  constexpr std::array letters{std::pair{"\uFB00", "ff"},  std::pair{"\uFB01", "fi"},  std::pair{"\uFB02", "fl"},
                               std::pair{"\uFB03", "ffi"}, std::pair{"\uFB04", "ffl"}, std::pair{"\uFB05", "st"},
                               std::pair{"\uFB06", "st"}};
  constexpr std::string_view common_bytes = "\xEF\xAC";
  if (text.find(common_bytes) == std::string::npos) return text;
  for (const auto& [ligature, plain] : letters) replace_all(text, ligature, plain);
  return text;
}

std::string composed(std::string text) {
  UErrorCode error = U_ZERO_ERROR;
  const auto* const nfc = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return text;
  const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
  if (nfc->isNormalizedUTF8(piece, error)) return text;
  std::string result;
  icu::StringByteSink<std::string> sink(&result, static_cast<int32_t>(text.size()));
  nfc->normalizeUTF8(0, piece, sink, nullptr, error);
  return U_FAILURE(error) ? text : result;
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Where the character before `at` begins.
std::size_t step_back(std::string_view text, std::size_t at) {
  do --at;
  while (at > 0 && is_continuation(text[at]));
  return at;
}

// The character that begins at `at` / ends before it; U+0000 at the ends. `text` is valid.
char32_t character_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  auto place = text.begin() + static_cast<std::ptrdiff_t>(at);
  return boost::nowide::utf::utf_traits<char>::decode_valid(place);
}

char32_t character_before(std::string_view text, std::size_t at) {
  return at == 0 ? 0 : character_at(text, step_back(text, at));
}

bool is_letter(char32_t c) { return u_isalpha(static_cast<UChar32>(c)) != 0; }
bool is_small_letter(char32_t c) { return is_letter(c) && u_isupper(static_cast<UChar32>(c)) == 0; }

// The bytes of the hyphen that `line` ends with; 0: it ends with none.
std::size_t hyphen_size(std::string_view line) {
  for (const std::string_view hyphen : {std::string_view("-"), std::string_view("\u2010"), soft_hyphen}) {
    if (line.ends_with(hyphen)) return hyphen.size();
  }
  return 0;
}

// The letters that `text` ends / begins with.
std::string_view last_letters(std::string_view text) {
  auto begin = text.size();
  while (begin > 0 && is_letter(character_before(text, begin))) begin = step_back(text, begin);
  return text.substr(begin);
}

std::string_view first_letters(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_letter(character_at(text, end))) {
    do ++end;
    while (end < text.size() && is_continuation(text[end]));
  }
  return text.substr(0, end);
}

// "Vor- und Nachteile", cut after the hyphen.
bool is_conjunction(std::string_view word) {
  constexpr std::array<std::string_view, 11> words{"and", "or", "und", "oder", "bzw", "sowie",
                                                   "et",  "ou", "en",  "of",   "och"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Its hyphens are its own.
bool is_address(std::string_view word) {
  return word.find("://") != std::string_view::npos || word.find('@') != std::string_view::npos ||
         word.starts_with("www.");
}

std::string_view last_word(std::string_view line) {
  const auto space = line.find_last_of(" \t");
  return space == std::string_view::npos ? line : line.substr(space + 1);
}

// Joins the lines of a text.
class Dehyphenation {
 public:
  explicit Dehyphenation(std::string_view text) : text_(text) { find_compounds(); }

  std::string run() {
    std::string result;
    result.reserve(text_.size());
    for (std::size_t begin = 0; begin < text_.size();) {
      const auto end = line_end(begin);
      const auto line = text_.substr(begin, end - begin);
      if (is_cut(line, end)) {
        result += line.substr(0, line.size() - hyphen_size(line));
        begin = put_rest_of_word(end + 1, result);
      } else {
        result += text_.substr(begin, end + 1 - begin);
        begin = end + 1;
      }
    }
    return result;
  }

 private:
  std::size_t line_end(std::size_t begin) const { return std::min(text_.find('\n', begin), text_.size()); }

  // Appends the word at `begin`, which may be cut again, and an end of line; returns where to go on.
  std::size_t put_rest_of_word(std::size_t begin, std::string& result) const {
    for (;;) {
      const auto end = std::min(text_.find_first_of(" \t\n\f", begin), text_.size());
      const auto word = text_.substr(begin, end - begin);
      if (end == line_end(begin) && is_cut(word, end)) {
        result += word.substr(0, word.size() - hyphen_size(word));
        begin = end + 1;
        continue;
      }
      result += word;
      if (end == text_.size()) return end;
      result += '\n';
      const auto next = std::min(text_.find_first_not_of(" \t", end), text_.size());
      return next < text_.size() && text_[next] == '\n' ? next + 1 : next;
    }
  }

  // Whether the word that `line` ends with goes on in the next one. `end`: where the line ends in the text.
  bool is_cut(std::string_view line, std::size_t end) const {
    const auto hyphen = hyphen_size(line);
    if (hyphen == 0 || end >= text_.size()) return false;
    const auto left = last_letters(line.substr(0, line.size() - hyphen));
    const auto right = first_letters(text_.substr(end + 1));
    if (left.empty() || right.empty()) return false;
    if (line.ends_with(soft_hyphen)) return true;
    if (!is_small_letter(character_at(right, 0)) || is_conjunction(right) || is_address(last_word(line))) return false;
    return !compounds_.contains(std::string(left) + "-" + std::string(right));
  }

  // Words that are written with a hyphen inside a line.
  void find_compounds() {
    for (std::size_t at = 0; (at = text_.find('-', at)) != std::string_view::npos; ++at) {
      const auto left = last_letters(text_.substr(0, at));
      const auto right = first_letters(text_.substr(at + 1));
      if (!left.empty() && !right.empty()) compounds_.insert(std::string(left) + "-" + std::string(right));
    }
  }

  const std::string_view text_;
  std::unordered_set<std::string> compounds_;
};

}  // namespace

TextNormalization TextNormalization::from(const boost::json::object& resolved) {
  TextNormalization how;
  for (const auto& item : resolved.at("normalize_text").as_array()) {
    const auto name = std::string_view(item.as_string());
    how.nfc |= name == "nfc" || name == "all";
    how.ligatures |= name == "ligatures" || name == "all";
    how.hyphenation |= name == "hyphenation" || name == "all";
  }
  return how;
}

std::string normalized(std::string text, const TextNormalization& how) {
  if (how.hyphenation) {
    text = Dehyphenation(text).run();
    replace_all(text, soft_hyphen, "");
  }
  if (how.ligatures) text = without_ligatures(std::move(text));
  if (how.nfc) text = composed(std::move(text));
  return text;
}

std::string normalized_text(const TextPage& page, const TextNormalization& how) {
  return normalized(plain_text(page), how);
}

}  // namespace docmill
