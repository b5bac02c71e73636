#include "processors/words/language.hpp"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "core/model_file.hpp"
#include "processors/words/language_model.hpp"
#include "processors/words/paragraphs.hpp"
#include "processors/words/stop_words.hpp"
#include "processors/words/utf8.hpp"

namespace docmill::nlp {
namespace {

constexpr double most_confidence_in_doubt = 0.5;  // of a guess that is not reliable: "Foobar" is 87 % Cebuano to CLD2

std::string_view head_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && is_continuation(text[most])) --most;
  return text.substr(0, most);
}

struct ScriptCount {
  UScriptCode script = USCRIPT_COMMON;
  std::size_t letters = 0;
};

// Scripts by their number of letters; Japanese counts as one, though it writes with three.
std::vector<ScriptCount> count_scripts(std::string_view text) {
  std::vector<ScriptCount> counts;
  bool has_kana = false;
  const auto count_of = [&](UScriptCode script) -> std::size_t& {
    const auto found =
        std::find_if(counts.begin(), counts.end(), [&](const ScriptCount& count) { return count.script == script; });
    return found != counts.end() ? found->letters : counts.emplace_back(ScriptCount{script, 0}).letters;
  };
  for (std::size_t i = 0; i < text.size();) {
    UScriptCode script = USCRIPT_LATIN;
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      if (!is_ascii_letter(text[i++])) continue;
    } else {
      UErrorCode error = U_ZERO_ERROR;
      script = uscript_getScript(static_cast<UChar32>(next_code_point(text, i)), &error);
      if (U_FAILURE(error) || script == USCRIPT_COMMON || script == USCRIPT_INHERITED) continue;
    }
    has_kana = has_kana || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
    ++count_of(script);
  }
  if (has_kana) {
    for (const auto script : {USCRIPT_HAN, USCRIPT_KATAKANA}) {
      const auto letters = std::exchange(count_of(script), 0);
      count_of(USCRIPT_HIRAGANA) += letters;
    }
  }
  std::stable_sort(counts.begin(), counts.end(), [](auto& a, auto& b) { return a.letters > b.letters; });
  return counts;
}

// Scripts in which, for practical purposes, one language is written.
std::string_view language_of(UScriptCode script) {
  switch (script) {
    case USCRIPT_HIRAGANA:
      return "ja";
    case USCRIPT_HANGUL:
      return "ko";
    case USCRIPT_GREEK:
      return "el";
    case USCRIPT_THAI:
      return "th";
    case USCRIPT_GEORGIAN:
      return "ka";
    case USCRIPT_ARMENIAN:
      return "hy";
    case USCRIPT_TAMIL:
      return "ta";
    case USCRIPT_TELUGU:
      return "te";
    case USCRIPT_KHMER:
      return "km";
    case USCRIPT_LAO:
      return "lo";
    default:
      return {};
  }
}

// None: there is none.
const std::optional<Result<LanguageModel>>& installed_model() {
  static const auto model = []() -> std::optional<Result<LanguageModel>> {
    const auto file = language_model_file();
    if (file.empty()) return std::nullopt;
    return LanguageModel::load(file);
  }();
  return model;
}

LanguageGuess ask_model(std::string_view text) {
  const auto& model = installed_model();
  return model && *model ? (*model)->guess(text) : LanguageGuess();
}

// CLD2 has some codes of its own time.
std::string modern_code(CLD2::Language language) {
  const std::string code = CLD2::LanguageCode(language);
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  if (code == "un" || code == "xxx") return "und";
  return code;
}

LanguageGuess ask_cld2(std::string_view text, int flags) {
  constexpr CLD2::CLDHints no_hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  std::array<CLD2::Language, 3> languages{};
  std::array<int, 3> percents{};
  std::array<double, 3> scores{};
  int text_bytes = 0;
  bool is_reliable = false;
  CLD2::ExtDetectLanguageSummary(text.data(), static_cast<int>(text.size()), true, &no_hints, flags, languages.data(),
                                 percents.data(), scores.data(), nullptr, &text_bytes, &is_reliable);
  LanguageGuess guess;
  guess.code = modern_code(languages[0]);
  guess.confidence = percents[0] / 100.0;
  guess.is_reliable = is_reliable && guess.code != "und";
  return guess;
}

// The language whose function words make up most of the text, if one has more than all others.
LanguageGuess ask_function_words(std::string_view text) {
  constexpr auto& languages = languages_told_by_stop_words;
  std::array<int, languages.size()> hits{};
  int words = 0;
  std::string word;
  const auto finish = [&] {
    if (word.empty()) return;
    ++words;
    for (std::size_t i = 0; i < languages.size(); ++i) hits[i] += is_stop_word(languages[i], word) ? 1 : 0;
    word.clear();
  };
  std::string lower;
  append_lower(lower, text);
  for (const char c : lower) {
    if (is_ascii_letter(c) || c == '\'' || static_cast<unsigned char>(c) >= 0x80) {
      word += c;
    } else {
      finish();
    }
  }
  finish();
  const auto best = std::max_element(hits.begin(), hits.end());
  LanguageGuess guess;
  if (*best == 0 || std::count(hits.begin(), hits.end(), *best) > 1) return guess;
  guess.code = languages[static_cast<std::size_t>(best - hits.begin())];
  guess.confidence = static_cast<double>(*best) / words;
  return guess;
}

// Pieces from the whole length of a document: title pages and tables of contents are no language.
std::string sample_of(std::string_view text) {
  constexpr std::size_t pieces = 8;
  constexpr std::size_t piece = 384;
  if (text.size() <= pieces * piece) return std::string(text);
  std::string sample;
  for (std::size_t i = 0; i < pieces; ++i) {
    std::size_t begin = i * (text.size() - piece) / (pieces - 1);
    while (begin > 0 && is_continuation(text[begin])) --begin;
    std::size_t end = std::min(begin + piece, text.size());
    while (end < text.size() && is_continuation(text[end])) ++end;
    sample.append(text.substr(begin, end - begin)).append(" ");
  }
  return sample;
}

}  // namespace

Status installed_language_model() {
  const auto& model = installed_model();
  return model && !*model ? Status(model->error()) : Status();
}

LanguageGuess guess_language_by_cld2(std::string_view text) { return ask_cld2(text, 0); }

LanguageGuess guess_language(std::string_view text, std::size_t most) {
  text = head_of(text, most);
  const auto scripts = count_scripts(text);
  if (scripts.empty()) return {};
  std::size_t letters = 0;
  for (const auto& count : scripts) letters += count.letters;
  if (const auto code = language_of(scripts.front().script); !code.empty() && scripts.front().letters * 2 > letters) {
    LanguageGuess guess;
    guess.code = code;
    guess.confidence = static_cast<double>(scripts.front().letters) / static_cast<double>(letters);
    guess.is_reliable = true;
    return guess;
  }
  auto guess = ask_model(text);
  if (guess.is_reliable && guess.code != "zh") return guess;  // CLD2 tells its scripts apart
  guess = ask_cld2(text, 0);
  if (guess.is_reliable) return guess;
  auto by_words = ask_function_words(text);
  if (by_words.confidence > 0.25) return by_words;
  if (guess.code == "und") guess = ask_cld2(text, CLD2::kCLDFlagBestEffort);
  guess.confidence = std::min(guess.confidence, most_confidence_in_doubt);
  return guess.code == "und" ? by_words : guess;
}

std::string script_of(std::string_view text, std::size_t most) {
  const auto scripts = count_scripts(head_of(text, most));
  if (scripts.empty()) return "Zyyy";
  const auto script = scripts.front().script == USCRIPT_HIRAGANA ? USCRIPT_JAPANESE : scripts.front().script;
  return uscript_getShortName(script);
}

LanguageGuess guess_document_language(std::string_view text) {
  const auto header = text.substr(0, text.find("\n\n"));
  if (is_mail_header(header) && header.size() < text.size()) {
    if (auto guess = guess_language(sample_of(text.substr(header.size()))); guess.code != "und") return guess;
  }
  return guess_language(sample_of(text));
}

}  // namespace docmill::nlp
