#include "processors/nlp/summary.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cmath>
#include <numeric>

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

struct Edge {
  std::uint32_t to = 0;
  double weight = 0;
};

std::vector<std::uint32_t> stem_frequencies(const Analysis& analysis) {
  std::vector<std::uint32_t> frequencies(analysis.vocabulary.stem_count());
  for (const auto& entry : analysis.vocabulary.entries()) frequencies[entry.stem] += entry.count;
  return frequencies;
}

// Every sentence that may stand, lightest work first: stems are only listed for those that are left.
std::vector<Candidate> choose_candidates(const Analysis& analysis, const std::vector<bool>& is_content) {
  const auto frequencies = stem_frequencies(analysis);
  std::vector<Candidate> candidates;
  for (std::uint32_t i = 0; i < analysis.sentences.size(); ++i) {
    const auto tokens = analysis.sentences[i].tokens;
    const auto length = tokens.end - tokens.begin;
    if (length < shortest_sentence || length > longest_sentence) continue;
    std::uint64_t sum = 0;
    for (auto k = tokens.begin; k < tokens.end; ++k) {
      const auto word = analysis.tokens[k].word;
      if (is_content[word]) sum += frequencies[analysis.vocabulary.entry(word).stem];
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
      const auto word = analysis.tokens[k].word;
      if (is_content[word]) candidate.stems.push_back(analysis.vocabulary.entry(word).stem);
    }
    std::sort(candidate.stems.begin(), candidate.stems.end());
    candidate.stems.erase(std::unique(candidate.stems.begin(), candidate.stems.end()), candidate.stems.end());
  }
  return candidates;
}

// Who shares words with whom, by a list of sentences per word: pairs that share none cost nothing.
std::vector<std::vector<Edge>> connect(const std::vector<Candidate>& candidates) {
  boost::unordered_flat_map<std::uint32_t, std::vector<std::uint32_t>> sentences_of;
  std::vector<std::vector<Edge>> edges(candidates.size());
  std::vector<std::uint32_t> shared(candidates.size());
  std::vector<std::uint32_t> touched;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    touched.clear();
    for (const auto stem : candidates[i].stems) {
      auto& others = sentences_of[stem];
      for (const auto other : others) {
        if (shared[other]++ == 0) touched.push_back(other);
      }
      others.push_back(i);
    }
    for (const auto other : touched) {
      // One is added to each length: the paper's logarithm of a sentence of one word would divide by zero.
      const double lengths = std::log(1.0 + static_cast<double>(candidates[i].stems.size())) +
                             std::log(1.0 + static_cast<double>(candidates[other].stems.size()));
      const double weight = shared[other] / lengths;
      edges[i].push_back({other, weight});
      edges[other].push_back({i, weight});
      shared[other] = 0;
    }
  }
  return edges;
}

std::vector<double> rank(const std::vector<std::vector<Edge>>& edges) {
  constexpr double damping = 0.85;
  constexpr int most_rounds = 30;
  constexpr double settled = 1e-3;
  std::vector<double> weight_out(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) {
    for (const auto& edge : edges[i]) weight_out[i] += edge.weight;
  }
  std::vector<double> ranks(edges.size(), 1.0);
  std::vector<double> votes(edges.size());
  for (int round = 0; round < most_rounds; ++round) {
    for (std::size_t i = 0; i < edges.size(); ++i) votes[i] = weight_out[i] > 0 ? ranks[i] / weight_out[i] : 0;
    double change = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      double sum = 0;
      for (const auto& edge : edges[i]) sum += edge.weight * votes[edge.to];
      const double next = 1 - damping + damping * sum;
      change = std::max(change, std::abs(next - ranks[i]));
      ranks[i] = next;
    }
    if (change < settled) break;
  }
  return ranks;
}

bool says_the_same(const Candidate& a, const Candidate& b) {
  std::vector<std::uint32_t> both;
  std::set_intersection(a.stems.begin(), a.stems.end(), b.stems.begin(), b.stems.end(), std::back_inserter(both));
  return both.size() * 10 >= 7 * std::min(a.stems.size(), b.stems.size());
}

}  // namespace

std::vector<std::uint32_t> summarise(const Analysis& analysis, const std::vector<bool>& is_content, std::size_t most) {
  if (most == 0) return {};
  const auto candidates = choose_candidates(analysis, is_content);
  const auto ranks = rank(connect(candidates));
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
