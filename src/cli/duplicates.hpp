// Which documents of a job are the same, or nearly: by what their records say of their content and their text.
//
// Near-duplicates are found by their signatures (core/minhash.hpp) without comparing each with each: signatures are cut
// into 32 bands of 4 bytes, and only documents that share a band are compared (Leskovec, Rajaraman, Ullman, "Mining of
// Massive Datasets", section 3.4). Of two documents that resemble each other by 0.8, the chance to share none is below
// one in a million.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/minhash.hpp"

namespace docmill::cli {

struct DuplicateGroup {
  std::vector<std::string> documents;  // by name; all resemble the first
  double resemblance = 1;              // least of them with the first
};

using SignedDocument = std::pair<std::string, Signature>;

class NearDuplicates {
 public:
  // Documents that resemble each other by so much are near-duplicates.
  static constexpr double least_resemblance = 0.8;
  // The signatures of more documents than that are not kept: they cost memory.
  static constexpr std::size_t most_signatures = 200'000;

  void add(std::string document, const Signature& signature);
  std::vector<DuplicateGroup> groups() const;  // largest first

 private:
  std::vector<SignedDocument> signatures_;
};

// Documents with the same digest of their content.
class ExactDuplicates {
 public:
  static constexpr std::size_t most_digests = 1'000'000;

  // Whether no document added before has this digest.
  bool add(const std::string& document, const std::string& digest);
  std::vector<DuplicateGroup> groups() const;  // largest first

 private:
  std::unordered_map<std::string, std::vector<std::string>> documents_of_;
};

boost::json::array groups_json(const std::vector<DuplicateGroup>& groups);

// Lines for people below a line with `title`; empty: there are no groups.
std::string groups_text(std::string_view title, const std::vector<DuplicateGroup>& groups);

}  // namespace docmill::cli
