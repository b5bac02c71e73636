#include "core/minhash.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace docmill {
namespace {

std::vector<std::uint64_t> random_words(std::mt19937_64& random, std::size_t count) {
  std::vector<std::uint64_t> words(count);
  for (auto& word : words) word = random();
  return words;
}

// What the signatures estimate.
double true_resemblance(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  const auto shingles = [](const std::vector<std::uint64_t>& words) {
    std::set<std::vector<std::uint64_t>> result;
    for (auto it = words.begin(); words.end() - it >= static_cast<std::ptrdiff_t>(shingle_words); ++it) {
      result.emplace(it, it + shingle_words);
    }
    return result;
  };
  const auto in_a = shingles(a);
  const auto in_b = shingles(b);
  std::size_t both = 0;
  for (const auto& shingle : in_a) both += in_b.count(shingle);
  return static_cast<double>(both) / static_cast<double>(in_a.size() + in_b.size() - both);
}

TEST(Signature, EstimatesTheResemblance) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (const std::size_t changed : {0, 2, 10, 40, 400}) {
    double error = 0;
    constexpr int rounds = 40;
    for (int round = 0; round < rounds; ++round) {
      const auto a = random_words(random, 400);
      auto b = a;
      for (std::size_t i = 0; i < changed; ++i) b[changed == 400 ? i : random() % b.size()] = random();
      error += resemblance(*make_signature(a), *make_signature(b)) - true_resemblance(a, b);
    }
    EXPECT_NEAR(error / rounds, 0, 0.04) << changed << " of 400 words changed";
  }
}

TEST(Signature, IsMadeOfShortTextsToo) {
  const std::vector<std::uint64_t> two{1, 2};
  const std::vector<std::uint64_t> other{2, 1};
  EXPECT_EQ(resemblance(*make_signature(two), *make_signature(two)), 1.0);
  EXPECT_LT(resemblance(*make_signature(two), *make_signature(other)), 0.1);
  EXPECT_FALSE(make_signature({}));
}

TEST(Signature, GoesThroughHexadecimal) {
  std::mt19937_64 random(1);
  const auto signature = *make_signature(random_words(random, 50));
  const auto text = to_hex(signature);
  EXPECT_EQ(text.size(), 256U);
  EXPECT_EQ(signature_from_hex(text), signature);
  EXPECT_FALSE(signature_from_hex(text.substr(1)));
  EXPECT_FALSE(signature_from_hex("x" + text.substr(1)));
}

}  // namespace
}  // namespace docmill
