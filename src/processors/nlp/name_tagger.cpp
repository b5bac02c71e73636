#include "processors/nlp/name_tagger.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "core/error.hpp"

// The file lies in the program's read-only data: all workers share it, and it is always found.
asm(".section .rodata\n"
    ".balign 16\n"
    "docmill_names_begin:\n"
    ".incbin \"" DOCMILL_NAMES_MODEL
    "\"\n"
    "docmill_names_end:\n"
    ".previous\n");
extern const std::byte docmill_names_begin[];
extern const std::byte docmill_names_end[];

namespace docmill::nlp {
namespace {

// The file: this, then arrays without gaps: first_of_ (65,537 × u32), phrases (u32), lower_halves_ (u16), lists of the
// phrases (u8), weights_ (label_count × i8 each feature). Features ascend by hash, phrases too. Little-endian.
struct Header {
  std::array<char, 8> magic;
  std::uint32_t features;
  std::uint32_t phrases;
  float scale;  // of the weights
  float transitions[NameModel::label_count][NameModel::label_count];
};
constexpr std::array<char, 8> magic{'D', 'M', 'N', 'A', 'M', 'E', 'S', '1'};
constexpr std::size_t buckets = 1U << 16U;
static_assert(std::endian::native == std::endian::little);

template <class Item>
std::span<const Item> take(std::span<const std::byte>& bytes, std::size_t count) {
  DOCMILL_ASSERT(bytes.size() >= count * sizeof(Item));
  const std::span<const Item> items(reinterpret_cast<const Item*>(bytes.data()), count);
  bytes = bytes.subspan(count * sizeof(Item));
  return items;
}

constexpr std::array kinds{EntityKind::person, EntityKind::organisation, EntityKind::place};

// Sentences are cut where they are longer: what has no end of a sentence is a table or a trick.
constexpr std::size_t most_tokens = 256;

class Finder {
 public:
  Finder(const Analysis& analysis, const NameModel& model)
      : analysis_(analysis), model_(model), features_(model.lists(), words_) {}

  std::vector<Entity> run() {
    each_sentence([&](std::span<const Span> tokens) { words_.add(analysis_.text, tokens); });
    each_sentence([&](std::span<const Span> tokens) { tag(tokens); });
    return std::move(found_);
  }

 private:
  template <class Visit>
  void each_sentence(Visit visit) {
    for (const auto& sentence : analysis_.sentences) {
      if (analysis_.paragraphs[sentence.paragraph].language.code != "en") continue;
      tokens_.clear();
      name_tokens(analysis_.text, sentence.span, tokens_);
      for (std::span<const Span> rest = tokens_; !rest.empty();) {
        const auto size = std::min(most_tokens, rest.size());
        visit(rest.first(size));
        rest = rest.subspan(size);
      }
    }
  }

  void tag(std::span<const Span> tokens) {
    const auto& features = features_.of(analysis_.text, tokens);
    const auto labels = model_.tag(std::span(features).first(tokens.size()));
    for (std::size_t i = 0; i < labels.size();) {
      const auto kind = (labels[i] + 1U) / 2;
      const auto begin = i++;
      if (kind == 0) continue;
      while (i < labels.size() && labels[i] == 2 * kind) ++i;
      add(kinds[kind - 1], {tokens[begin].begin, tokens[i - 1].end});
    }
  }

  void add(EntityKind kind, Span span) {
    std::string value;
    for (const char c : span.in(analysis_.text)) {
      if (!is_space(c)) {
        value += c;
      } else if (value.back() != ' ') {
        value += ' ';
      }
    }
    found_.push_back({kind, span, std::move(value)});
  }

  const Analysis& analysis_;
  const NameModel& model_;
  WordsOfDocument words_;
  NameFeatures features_;
  std::vector<Span> tokens_;
  std::vector<Entity> found_;
};

}  // namespace

const NameModel& NameModel::built_in() {
  static const NameModel model({docmill_names_begin, docmill_names_end});
  return model;
}

NameModel::NameModel(std::span<const std::byte> bytes) {
  const auto& header = take<Header>(bytes, 1).front();
  DOCMILL_ASSERT(header.magic == magic);
  scale_ = header.scale;
  for (std::size_t i = 0; i < label_count; ++i)
    std::copy_n(header.transitions[i], label_count, transitions_[i].begin());
  first_of_ = take<std::uint32_t>(bytes, buckets + 1);
  const auto phrases = take<FeatureHash>(bytes, header.phrases);
  lower_halves_ = take<std::uint16_t>(bytes, header.features);
  lists_ = NameLists(phrases, take<std::uint8_t>(bytes, header.phrases));
  weights_ = take<std::int8_t>(bytes, header.features * label_count);
  DOCMILL_ASSERT(bytes.empty() && first_of_.back() == header.features);
}

void NameModel::add_scores(FeatureHash feature, std::array<int, label_count>& sums) const {
  const auto upper = feature >> 16U;
  const auto lower = static_cast<std::uint16_t>(feature);
  const auto bucket = lower_halves_.subspan(first_of_[upper], first_of_[upper + 1] - first_of_[upper]);
  const auto found = std::find(bucket.begin(), bucket.end(), lower);
  if (found == bucket.end()) return;
  const auto index = first_of_[upper] + static_cast<std::size_t>(found - bucket.begin());
  const auto weights = weights_.subspan(index * label_count, label_count);
  for (std::size_t label = 0; label < label_count; ++label) sums[label] += weights[label];
}

// Viterbi's algorithm.
std::vector<std::uint8_t> NameModel::tag(std::span<const std::vector<FeatureHash>> sentence) const {
  std::vector<std::array<std::uint8_t, label_count>> best_before(sentence.size());
  Scores scores{};
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    std::array<int, label_count> sums{};
    for (const auto feature : sentence[i]) add_scores(feature, sums);
    const Scores before = scores;
    for (std::size_t label = 0; label < label_count; ++label) {
      std::size_t best = 0;
      if (i > 0) {
        for (std::size_t other = 1; other < label_count; ++other) {
          if (before[other] + transitions_[other][label] > before[best] + transitions_[best][label]) best = other;
        }
      }
      const float way = i > 0 ? before[best] + transitions_[best][label] : 0;
      best_before[i][label] = static_cast<std::uint8_t>(best);
      scores[label] = way + scale_ * static_cast<float>(sums[label]);
    }
  }
  std::vector<std::uint8_t> labels(sentence.size());
  auto label = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  for (std::size_t i = sentence.size(); i-- > 0;) {
    labels[i] = static_cast<std::uint8_t>(label);
    label = best_before[i][label];
  }
  return labels;
}

std::vector<Entity> find_names(const Analysis& analysis, const NameModel& model) {
  return Finder(analysis, model).run();
}

void add_names(std::vector<Entity>& entities, std::vector<Entity> names) {
  const auto found = entities.size();
  std::size_t i = 0;
  for (auto& name : names) {
    while (i < found && entities[i].span.end <= name.span.begin) ++i;
    if (i == found || entities[i].span.begin >= name.span.end) entities.push_back(std::move(name));
  }
  std::sort(entities.begin(), entities.end(), [](const Entity& a, const Entity& b) { return a.span < b.span; });
}

}  // namespace docmill::nlp
