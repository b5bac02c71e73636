#include "cli/duplicates.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <cstring>
#include <map>

#include "cli/console.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t band_bytes = 4;
constexpr std::size_t bands = signature_size / band_bytes;
constexpr std::size_t groups_shown = 10;
constexpr std::size_t names_shown = 5;

std::vector<DuplicateGroup> largest_first(std::vector<DuplicateGroup> groups) {
  std::stable_sort(groups.begin(), groups.end(), [](const DuplicateGroup& a, const DuplicateGroup& b) {
    return a.documents.size() > b.documents.size();
  });
  return groups;
}

// For every document the first one with the same bytes in this band: itself, if there is none before it.
std::vector<std::uint32_t> first_alike(const std::vector<const SignedDocument*>& documents, std::size_t band) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> keys;  // and whose they are
  keys.reserve(documents.size());
  for (std::uint32_t i = 0; i < documents.size(); ++i) {
    std::uint32_t key = 0;
    std::memcpy(&key, documents[i]->second.data() + band * band_bytes, sizeof key);
    keys.emplace_back(key, i);
  }
  std::sort(keys.begin(), keys.end());
  std::vector<std::uint32_t> first(documents.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool is_first = i == 0 || keys[i - 1].first != keys[i].first;
    first[keys[i].second] = is_first ? keys[i].second : first[keys[i - 1].second];
  }
  return first;
}

std::string group_text(const DuplicateGroup& group) {
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

void NearDuplicates::add(std::string document, const Signature& signature) {
  if (signatures_.size() < most_signatures) signatures_.emplace_back(std::move(document), signature);
}

std::vector<DuplicateGroup> NearDuplicates::groups() const {
  // By name: results come in any order, and who is the first decides on the groups.
  std::vector<const SignedDocument*> documents;
  documents.reserve(signatures_.size());
  for (const auto& document : signatures_) documents.push_back(&document);
  std::ranges::sort(documents, {}, &SignedDocument::first);
  // A document is compared with the first of each band only: a thousand copies cost a thousand comparisons.
  std::array<std::vector<std::uint32_t>, bands> first_of_band;  // 128 bytes a document
  for (std::size_t band = 0; band < bands; ++band) first_of_band[band] = first_alike(documents, band);
  std::vector<std::size_t> group_of(documents.size());
  std::map<std::size_t, DuplicateGroup> groups;  // by the first document
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const auto& [name, signature] = *documents[i];
    group_of[i] = i;
    for (std::size_t band = 0; band < bands && group_of[i] == i; ++band) {
      const auto first = group_of[first_of_band[band][i]];
      const double share = resemblance(documents[first]->second, signature);
      if (first == i || share < least_resemblance) continue;
      group_of[i] = first;
      auto& group = groups[first];
      if (group.documents.empty()) group.documents.push_back(documents[first]->first);
      group.documents.push_back(name);
      group.resemblance = std::min(group.resemblance, share);
    }
  }
  std::vector<DuplicateGroup> result;
  for (auto& [first, group] : groups) result.push_back(std::move(group));
  return largest_first(std::move(result));
}

bool ExactDuplicates::add(const std::string& document, const std::string& digest) {
  const auto known = documents_of_.find(digest);
  if (known != documents_of_.end()) {
    known->second.push_back(document);
    return false;
  }
  if (documents_of_.size() < most_digests) documents_of_[digest].push_back(document);
  return true;
}

std::vector<DuplicateGroup> ExactDuplicates::groups() const {
  std::vector<DuplicateGroup> result;
  for (const auto& [digest, documents] : documents_of_) {
    if (documents.size() < 2) continue;
    result.push_back({documents, 1});
    std::ranges::sort(result.back().documents);
  }
  std::sort(result.begin(), result.end(),
            [](const DuplicateGroup& a, const DuplicateGroup& b) { return a.documents.front() < b.documents.front(); });
  return largest_first(std::move(result));
}

json::array groups_json(const std::vector<DuplicateGroup>& groups) {
  json::array array;
  for (const auto& group : groups) {
    json::array names;
    for (const auto& name : group.documents) names.emplace_back(json_name(name));
    array.push_back(json::object{{"documents", std::move(names)}, {"resemblance", group.resemblance}});
  }
  return array;
}

std::string groups_text(std::string_view title, const std::vector<DuplicateGroup>& groups) {
  if (groups.empty()) return {};
  std::string text = "  " + std::string(title) + ":\n";
  for (std::size_t i = 0; i < groups.size() && i < groups_shown; ++i) text += group_text(groups[i]);
  if (groups.size() > groups_shown)
    text += "    and " + std::to_string(groups.size() - groups_shown) + " more groups\n";
  return text;
}

}  // namespace docmill::cli
