#include "cli/text_summary.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <cstring>

#include "cli/console.hpp"
#include "cli/session.hpp"
#include "cli/verdicts.hpp"
#include "core/options.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t band_bytes = 4;
constexpr std::size_t bands = signature_size / band_bytes;
constexpr std::size_t groups_shown = 10;
constexpr std::size_t names_shown = 5;
constexpr int rows_a_page = 1'000;

std::uint64_t number_at(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_int64() && value->get_int64() > 0
             ? static_cast<std::uint64_t>(value->get_int64())
             : 0;
}

void add_counts(std::map<std::string, std::uint64_t>& sums, const json::object& object, std::string_view name) {
  const auto* const counts = object.if_contains(name);
  if (counts == nullptr || !counts->is_object()) return;
  for (const auto& item : counts->get_object())
    sums[std::string(item.key())] += number_at(counts->get_object(), item.key());
}

json::object counts_json(const std::map<std::string, std::uint64_t>& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

// "de 3, en 12": most first.
std::string counts_text(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) {
    text += (text.empty() ? "" : ", ") + printable(name) + " " + std::to_string(count);
  }
  return text;
}

using Signatures = std::vector<std::pair<std::string, Signature>>;

// For every document the first one with the same bytes in this band: itself, if there is none before it.
std::vector<std::uint32_t> first_alike(const Signatures& signatures, std::size_t band) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> keys;  // and whose they are
  keys.reserve(signatures.size());
  for (std::uint32_t i = 0; i < signatures.size(); ++i) {
    std::uint32_t key = 0;
    std::memcpy(&key, signatures[i].second.data() + band * band_bytes, sizeof key);
    keys.emplace_back(key, i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<std::uint32_t> first(signatures.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool is_first = i == 0 || keys[i - 1].first != keys[i].first;
    first[keys[i].second] = is_first ? keys[i].second : first[keys[i - 1].second];
  }
  return first;
}

std::string group_text(const TextSummary::Group& group) {
  char share[16];
  std::snprintf(share, sizeof share, "%.2f", group.resemblance);
  std::string text = "    " + std::string(share);
  for (std::size_t i = 0; i < group.documents.size() && i < names_shown; ++i) {
    text += (i == 0 ? "  " : ", ") + printable(group.documents[i]);
  }
  if (group.documents.size() > names_shown) {
    text += " and " + std::to_string(group.documents.size() - names_shown) + " more";
  }
  return text + "\n";
}

}  // namespace

void TextSummary::add(std::string document, const json::object& record) {
  const auto* const member = record.if_contains("nlp");
  if (member == nullptr || !member->is_object()) return;
  const auto& found = member->get_object();
  ++documents_;
  words_ += number_at(found, "words");
  if (const auto* const language = found.if_contains("language"); language != nullptr && language->is_string()) {
    ++languages_[std::string(language->get_string())];
  }
  add_counts(entities_, found, "entities");
  add_counts(redacted_, found, "redacted");
  const auto* const hex = found.if_contains("signature");
  if (hex == nullptr || !hex->is_string() || signatures_.size() == most_signatures) return;
  if (const auto signature = signature_from_hex(hex->get_string())) {
    signatures_.emplace_back(std::move(document), *signature);
  }
}

std::vector<TextSummary::Group> TextSummary::near_duplicates() const {
  // A document is compared with the first of each band only: a thousand copies cost a thousand comparisons.
  std::array<std::vector<std::uint32_t>, bands> first_of_band;  // 128 bytes a document
  for (std::size_t band = 0; band < bands; ++band) first_of_band[band] = first_alike(signatures_, band);
  std::vector<std::size_t> group_of(signatures_.size());
  std::map<std::size_t, Group> groups;  // by the first document
  for (std::size_t i = 0; i < signatures_.size(); ++i) {
    const auto& signature = signatures_[i].second;
    group_of[i] = i;
    for (std::size_t band = 0; band < bands && group_of[i] == i; ++band) {
      const auto first = group_of[first_of_band[band][i]];
      const double share = resemblance(signatures_[first].second, signature);
      if (first == i || share < near_duplicate) continue;
      group_of[i] = first;
      auto& group = groups[first];
      if (group.documents.empty()) group.documents.push_back(signatures_[first].first);
      group.documents.push_back(signatures_[i].first);
      group.resemblance = std::min(group.resemblance, share);
    }
  }
  std::vector<Group> result;
  for (auto& [first, group] : groups) result.push_back(std::move(group));
  std::stable_sort(result.begin(), result.end(),
                   [](const Group& a, const Group& b) { return a.documents.size() > b.documents.size(); });
  return result;
}

json::object TextSummary::json() const {
  json::array duplicates;
  for (const auto& group : near_duplicates()) {
    json::array names;
    for (const auto& name : group.documents) names.emplace_back(json_name(name));
    duplicates.push_back(json::object{{"documents", std::move(names)}, {"resemblance", group.resemblance}});
  }
  json::object object{{"documents", documents_},
                      {"words", words_},
                      {"languages", counts_json(languages_)},
                      {"entities", counts_json(entities_)},
                      {"near_duplicates", std::move(duplicates)}};
  if (!redacted_.empty()) object["redacted"] = counts_json(redacted_);
  return object;
}

std::string TextSummary::text() const {
  if (documents_ == 0) return {};
  std::string text = "texts: " + std::to_string(words_) + " words; languages: " + counts_text(languages_) + "\n";
  if (!entities_.empty()) text += "  entities: " + counts_text(entities_) + "\n";
  if (!redacted_.empty()) text += "  masked: " + counts_text(redacted_) + "\n";
  const auto groups = near_duplicates();
  if (groups.empty()) return text;
  text += "  nearly the same:\n";
  for (std::size_t i = 0; i < groups.size() && i < groups_shown; ++i) text += group_text(groups[i]);
  if (groups.size() > groups_shown)
    text += "    and " + std::to_string(groups.size() - groups_shown) + " more groups\n";
  return text;
}

awaitable<TextSummary> summarise_texts(Broker& broker, JobId job) {
  TextSummary summary;
  for (std::uint64_t cursor = 0;;) {
    auto page_answer = co_await broker.results(job, cursor, rows_a_page);
    const auto page = or_stop(std::move(page_answer));
    if (page.rows.empty()) break;
    cursor = page.next;
    for (const auto& row : page.rows) {
      const auto verdict = done_verdict(row);
      summary.add(verdict.document, verdict.record);
    }
  }
  co_return summary;
}

bool has_texts(std::string_view pipeline) {
  const auto stages = parse_pipeline(pipeline);
  return stages && std::find(stages->begin(), stages->end(), "nlp") != stages->end();
}

}  // namespace docmill::cli
