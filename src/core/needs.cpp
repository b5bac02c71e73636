#include "core/needs.hpp"

#include <algorithm>

#include "core/language.hpp"
#include "core/option_rules.hpp"
#include "core/options.hpp"

namespace docmill {
namespace {

constexpr std::size_t most_needs = 32;
constexpr std::size_t most_offers = 1'000;
constexpr std::size_t longest_word = 128;

Status check_words(const Words& words, std::size_t most, const char* what) {
  if (words.size() > most) {
    return fail(ErrorCode::invalid_option, std::string(what) + " are at most " + std::to_string(most) + " words, not " +
                                               std::to_string(words.size()));
  }
  for (const std::string& word : words) {
    const bool printable = std::ranges::all_of(word, [](char c) { return c >= '!' && c <= '~'; });
    if (!word.empty() && word.size() <= longest_word && printable) continue;
    return fail(ErrorCode::invalid_option, std::string(what) + " are words of 1 to " + std::to_string(longest_word) +
                                               " printable bytes without blanks, and one of these is not");
  }
  return {};
}

bool offers_word(const Words& offers, const std::string& word) {
  return std::ranges::find(offers, word) != offers.end();
}

Words missing_from(const Words& offers, const Words& needs) {
  Words missing;
  if (offers.empty()) return missing;
  std::ranges::copy_if(needs, std::back_inserter(missing),
                       [&](const std::string& word) { return !offers_word(offers, word); });
  return missing;
}

}  // namespace

Result<Words> needs_of(std::string_view pipeline, const boost::json::object& options) {
  DOCMILL_TRY(needs, parse_pipeline(pipeline));
  const auto* const language = options.if_contains("language");
  if (offers_word(needs, "ocr") && language != nullptr && language->is_string()) {
    DOCMILL_TRY(models, engine_languages(std::string_view(language->get_string())));
    for (const std::string& model : models) needs.push_back("lang:" + model);
  }
  if (offers_word(needs, "ocr") && wants_pdfa(options)) needs.emplace_back("pdfa");
  std::ranges::sort(needs);
  DOCMILL_CHECK(check_needs(needs));
  return needs;
}

Status check_needs(const Words& needs) {
  DOCMILL_CHECK(check_words(needs, most_needs, "the needs of a job"));
  if (std::ranges::adjacent_find(needs, std::greater_equal<>()) == needs.end()) return {};
  return fail(ErrorCode::invalid_option, "the needs of a job stand in order, each once, and these do not");
}

Status check_offers(const Words& offers) { return check_words(offers, most_offers, "the offers of a node"); }

bool covers(const Words& offers, const Words& needs) {
  return offers.empty() ||
         std::ranges::all_of(needs, [&](const std::string& word) { return offers_word(offers, word); });
}

Words lacking(const Words& needs, const std::vector<Words>& offers_of_nodes) {
  Words least = needs;
  for (const Words& offers : offers_of_nodes) {
    Words missing = missing_from(offers, needs);
    if (missing.size() < least.size()) least = std::move(missing);
  }
  return least;
}

std::string join_words(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Words split_words(std::string_view text, char separator) {
  Words words;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace docmill
