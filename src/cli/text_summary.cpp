#include "cli/text_summary.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "cli/console.hpp"
#include "cli/members.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

void add_counts(Counts& sums, const json::object& object, std::string_view name) {
  const auto* const counts = object_at(object, name);
  if (counts == nullptr) return;
  for (const auto& item : *counts) sums[std::string(item.key())] += count_at(*counts, item.key());
}

// "de 3, en 12": most first.
std::string counts_text(const Counts& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) {
    text += (text.empty() ? "" : ", ") + printable(name) + " " + number_text(count);
  }
  return text;
}

}  // namespace

void TextSummary::add(std::string document, const json::object& record) {
  const auto* const findings = object_at(record, "nlp");
  if (findings == nullptr) return;
  const auto& found = *findings;
  ++documents_;
  const auto words = count_at(found, "words");
  words_ += words;
  wordless_ += words == 0 ? 1U : 0U;
  if (const auto language = text_at(found, "language"); !language.empty()) ++languages_[std::string(language)];
  add_counts(entities_, found, "entities");
  add_counts(redacted_, found, "redacted");
  if (const auto signature = signature_from_hex(text_at(found, "signature")))
    alike_.add(std::move(document), *signature);
}

json::object TextSummary::json() const {
  json::object object{{"documents", documents_},
                      {"words", words_},
                      {"wordless", wordless_},
                      {"languages", counts_json(languages_)},
                      {"entities", counts_json(entities_)},
                      {"near_duplicates", groups_json(alike_.groups())}};
  if (!redacted_.empty()) object["redacted"] = counts_json(redacted_);
  return object;
}

std::string TextSummary::text() const {
  if (documents_ == 0) return {};
  std::string text = "texts: " + number_text(words_) + " words";
  if (wordless_ > 0) text += ", none in " + number_text(wordless_) + " of " + number_text(documents_) + " documents";
  text += "; languages: " + counts_text(languages_) + "\n";
  if (!entities_.empty()) text += "  entities: " + counts_text(entities_) + "\n";
  if (!redacted_.empty()) text += "  masked: " + counts_text(redacted_) + "\n";
  return text + groups_text("nearly the same", alike_.groups());
}

}  // namespace docmill::cli
