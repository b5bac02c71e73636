#include "core/minhash.hpp"

#include <algorithm>
#include <limits>

namespace docmill {
namespace {

constexpr std::uint64_t empty_place = std::numeric_limits<std::uint64_t>::max();
constexpr unsigned place_bits = 7;
static_assert(signature_size == 1U << place_bits);

// The finaliser of SplitMix64.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 30U) * 0xbf58476d1ce4e5b9U;
  x = (x ^ x >> 27U) * 0x94d049bb133111ebU;
  return x ^ x >> 31U;
}

using Places = std::array<std::uint64_t, signature_size>;

void add_shingle(Places& places, std::span<const std::uint64_t> words) {
  std::uint64_t hash = 0;
  for (const auto word : words) hash = hash * 0x9e3779b97f4a7c15U + word;
  hash = mix(hash);
  auto& place = places[hash >> (64U - place_bits)];
  place = std::min(place, hash & (empty_place >> place_bits));
}

// An empty place takes the value of a place that depends on its own number alone, so that two texts with the same
// empty places borrow from the same ones.
Places densify(const Places& places) {
  Places full = places;
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::uint64_t attempt = 0; full[i] == empty_place; ++attempt) {
      full[i] = places[mix(i << 32U | attempt) >> (64U - place_bits)];
    }
  }
  return full;
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::optional<Signature> make_signature(std::span<const std::uint64_t> words) {
  if (words.empty()) return std::nullopt;
  Places places;
  places.fill(empty_place);
  const auto size = std::min(shingle_words, words.size());
  for (std::size_t i = 0; i + size <= words.size(); ++i) add_shingle(places, words.subspan(i, size));
  Signature signature{};
  const auto full = densify(places);
  // Mixed again: minima are small numbers, and their low bits alone are what is compared.
  std::transform(full.begin(), full.end(), signature.begin(),
                 [](std::uint64_t place) { return static_cast<std::uint8_t>(mix(place)); });
  return signature;
}

double resemblance(const Signature& a, const Signature& b) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < a.size(); ++i) equal += a[i] == b[i] ? 1U : 0U;
  constexpr double by_chance = 1.0 / 256;
  const double share = static_cast<double>(equal) / signature_size;
  return std::max(0.0, (share - by_chance) / (1 - by_chance));
}

std::string to_hex(const Signature& signature) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(signature.size() * 2);
  for (const auto byte : signature) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

std::optional<Signature> signature_from_hex(std::string_view text) {
  Signature signature{};
  if (text.size() != signature.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < signature.size(); ++i) {
    const int high = digit_value(text[2 * i]);
    const int low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    signature[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return signature;
}

}  // namespace docmill
