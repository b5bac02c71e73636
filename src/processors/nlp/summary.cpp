#include "processors/nlp/summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace docmill::nlp {
namespace {

constexpr std::size_t most_candidates = 300;
constexpr std::uint32_t shortest_sentence = 4;
constexpr std::uint32_t longest_sentence = 60;

struct Candidate {
  std::uint32_t sentence = 0;
  std::vector<std::uint32_t> stems;  // of its content words, each once
  double weight = 0;                 // mean frequency of its content words
};

std::vector<std::uint32_t> stem_frequencies(const Analysis& analysis) {
  std::vector<std::uint32_t> frequencies(analysis.vocabulary.stem_count());
  for (const auto& entry : analysis.vocabulary.entries()) frequencies[entry.stem] += entry.count;
  return frequencies;
}

// Every sentence that may stand, lightest work first: stems are only listed for those that are left.
std::vector<Candidate> choose_candidates(const Analysis& analysis, const ContentStems& content) {
  const auto frequencies = stem_frequencies(analysis);
  std::vector<Candidate> candidates;
  for (std::uint32_t i = 0; i < analysis.sentences.size(); ++i) {
    const auto tokens = analysis.sentences[i].tokens;
    const auto length = tokens.end - tokens.begin;
    if (length < shortest_sentence || length > longest_sentence) continue;
    std::uint64_t sum = 0;
    for (auto k = tokens.begin; k < tokens.end; ++k) {
      const auto stem = content[analysis.tokens[k].word];
      if (stem != no_stem) sum += frequencies[stem];
    }
    if (sum > 0) candidates.push_back({i, {}, static_cast<double>(sum) / length});
  }
  if (candidates.size() > most_candidates) {
    const auto end = candidates.begin() + most_candidates;
    std::nth_element(candidates.begin(), end, candidates.end(), [](const Candidate& a, const Candidate& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.sentence < b.sentence;
    });
    candidates.erase(end, candidates.end());
    std::sort(candidates.begin(), candidates.end(), [](auto& a, auto& b) { return a.sentence < b.sentence; });
  }
  for (auto& candidate : candidates) {
    const auto tokens = analysis.sentences[candidate.sentence].tokens;
    for (auto k = tokens.begin; k < tokens.end; ++k) {
      const auto stem = content[analysis.tokens[k].word];
      if (stem != no_stem) candidate.stems.push_back(stem);
    }
    std::sort(candidate.stems.begin(), candidate.stems.end());
    candidate.stems.erase(std::unique(candidate.stems.begin(), candidate.stems.end()), candidate.stems.end());
  }
  return candidates;
}

// Who shares words with whom, by a list of sentences per word: pairs that share none cost nothing.
class Graph {
 public:
  Graph(const std::vector<Candidate>& candidates, std::size_t stem_count) : size_(candidates.size()), weights_(size_) {
    list_sentences(candidates, stem_count);
    // One is added to each length: the paper's logarithm of a sentence of one word would divide by zero.
    std::vector<double> lengths;
    lengths.reserve(size_);
    for (const auto& candidate : candidates)
      lengths.push_back(std::log(1.0 + static_cast<double>(candidate.stems.size())));
    std::vector<std::uint32_t> shared(size_);
    std::vector<std::uint32_t> touched;
    touched.reserve(size_);
    std::uint32_t* const all_shared = shared.data();
    for (std::uint32_t i = 0; i < size_; ++i) {
      first_edge_.push_back(edges_.size());
      touched.clear();
      for (const auto stem : candidates[i].stems) {
        for (const auto* other = &sentences_[first_of_[stem]]; *other < i; ++other) {
          if (all_shared[*other]++ == 0) touched.push_back(*other);
        }
      }
      for (const auto other : touched) {
        add(i, {other, shared[other] / (lengths[i] + lengths[other])});
        shared[other] = 0;
      }
    }
    first_edge_.push_back(edges_.size());
  }

  // PageRank, by rounds.
  std::vector<double> rank() const {
    constexpr double damping = 0.85;
    constexpr int most_rounds = 30;
    constexpr double settled = 1e-3;
    std::vector<double> ranks(size_, 1.0);
    std::vector<double> votes(size_);
    std::vector<double> sums(size_);
    for (int round = 0; round < most_rounds; ++round) {
      for (std::size_t i = 0; i < size_; ++i) votes[i] = weights_[i] > 0 ? ranks[i] / weights_[i] : 0;
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::size_t a = 0; a < size_; ++a) {
        // Nothing was added to this sum before: all edges between a sentence and earlier ones stand together.
        double sum = 0;
        const double vote = votes[a];
        double* const all_sums = sums.data();  // the innermost loop of the stage: no checks of bounds
        const double* const all_votes = votes.data();
        for (const auto& [b, weight] : std::span(edges_).subspan(first_edge_[a], first_edge_[a + 1] - first_edge_[a])) {
          sum += weight * all_votes[b];
          all_sums[b] += weight * vote;
        }
        sums[a] = sum;
      }
      double change = 0;
      for (std::size_t i = 0; i < size_; ++i) {
        const double next = 1 - damping + damping * sums[i];
        change = std::max(change, std::abs(next - ranks[i]));
        ranks[i] = next;
      }
      if (change < settled) break;
    }
    return ranks;
  }

 private:
  // From a sentence to an earlier one.
  struct Edge {
    std::uint32_t to = 0;
    double weight = 0;
  };

  void add(std::uint32_t from, const Edge& edge) {
    edges_.push_back(edge);
    weights_[from] += edge.weight;
    weights_[edge.to] += edge.weight;
  }

  // sentences_[first_of_[stem]] and what follows up to first_of_[stem + 1]: those that have the stem, ascending.
  void list_sentences(const std::vector<Candidate>& candidates, std::size_t stem_count) {
    first_of_.assign(stem_count + 2, 0);
    for (const auto& candidate : candidates) {
      for (const auto stem : candidate.stems) ++first_of_[stem + 2];
    }
    std::partial_sum(first_of_.begin(), first_of_.end(), first_of_.begin());
    sentences_.resize(first_of_.back());
    for (std::uint32_t i = 0; i < candidates.size(); ++i) {
      for (const auto stem : candidates[i].stems) sentences_[first_of_[stem + 1]++] = i;
    }
  }

  std::size_t size_;
  std::vector<double> weights_;  // of all edges at each sentence
  std::vector<Edge> edges_;
  std::vector<std::size_t> first_edge_;  // of each sentence, and the end
  std::vector<std::uint32_t> first_of_;
  std::vector<std::uint32_t> sentences_;
};

bool says_the_same(const Candidate& a, const Candidate& b) {
  std::vector<std::uint32_t> both;
  std::set_intersection(a.stems.begin(), a.stems.end(), b.stems.begin(), b.stems.end(), std::back_inserter(both));
  return both.size() * 10 >= 7 * std::min(a.stems.size(), b.stems.size());
}

}  // namespace

std::vector<std::uint32_t> summarise(const Analysis& analysis, const ContentStems& content, std::size_t most) {
  if (most == 0) return {};
  const auto candidates = choose_candidates(analysis, content);
  const auto ranks = Graph(candidates, analysis.vocabulary.stem_count()).rank();
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ranks[a] > ranks[b]; });
  std::vector<std::size_t> chosen;
  for (const auto index : order) {
    if (chosen.size() == most) break;
    const bool is_new = std::none_of(chosen.begin(), chosen.end(), [&](std::size_t earlier) {
      return says_the_same(candidates[earlier], candidates[index]);
    });
    if (is_new) chosen.push_back(index);
  }
  std::vector<std::uint32_t> sentences;
  for (const auto index : chosen) sentences.push_back(candidates[index].sentence);
  std::sort(sentences.begin(), sentences.end());
  return sentences;
}

}  // namespace docmill::nlp
