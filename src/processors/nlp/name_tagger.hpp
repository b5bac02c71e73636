// People, organisations and places in English text, by a conditional random field over the features of
// name_features.hpp: how it was trained, and how often it is right, says bench/names/README.md.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "processors/nlp/analysis.hpp"
#include "processors/nlp/entities.hpp"
#include "processors/nlp/name_features.hpp"

namespace docmill::nlp {

// The model's file, as it lies in the program; its layout stands in name_tagger.cpp. Immutable, thread-safe.
class NameModel {
 public:
  static constexpr std::size_t label_count = 7;  // none; beginning and inside of person, organisation, place
  using Scores = std::array<float, label_count>;

  // The model that is part of the program.
  static const NameModel& built_in();

  // `bytes`: lent. DOCMILL_ASSERTs that it is a model: it is part of the program.
  explicit NameModel(std::span<const std::byte> bytes);

  const NameLists& lists() const { return lists_; }
  // The likeliest labels of a sentence, given the features of its tokens. Linear in their number.
  std::vector<std::uint8_t> tag(std::span<const std::vector<FeatureHash>> sentence) const;

 private:
  void add_scores(FeatureHash feature, std::array<int, label_count>& sums) const;

  float scale_ = 0;
  std::array<Scores, label_count> transitions_{};
  std::span<const std::uint32_t> first_of_;  // of each value of a hash's upper half, the first feature
  std::span<const std::uint16_t> lower_halves_;
  std::span<const std::int8_t> weights_;
  NameLists lists_{{}, {}};
};

// Ascending, apart from each other. Only in paragraphs whose language is English.
std::vector<Entity> find_names(const Analysis& analysis, const NameModel& model);

// Adds names where no entity is yet: what a pattern has found is no name. Both ascend, and so does what becomes of
// them.
void add_names(std::vector<Entity>& entities, std::vector<Entity> names);

}  // namespace docmill::nlp
