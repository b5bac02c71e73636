// A signature of a text by which near-duplicates are found without comparing texts.
//
// MinHash (Broder, "On the resemblance and containment of documents", 1997) of the text's 5-word shingles: the share
// of equal places in two signatures estimates the share of shingles that both texts have of all that either has.
// All 128 places come from one pass with one hash per shingle (Li, Owen, Zhang, "One Permutation Hashing", 2012);
// places that no shingle fell into are filled from others (Shrivastava, "Optimal Densification", 2017); of each place
// 8 bits are kept (Li and König, "b-Bit Minwise Hashing", 2010), for which the estimate corrects.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace docmill {

constexpr std::size_t signature_size = 128;
constexpr std::size_t shingle_words = 5;

using Signature = std::array<std::uint8_t, signature_size>;

// `words`: hashes of the words in order. Nullopt: no words. Texts shorter than a shingle are one shingle.
std::optional<Signature> make_signature(std::span<const std::uint64_t> words);

// The estimated resemblance, 0 … 1; its standard error is at most 0.045.
double resemblance(const Signature& a, const Signature& b);

// 256 lower-case hexadecimal digits, and back; nullopt: something else.
std::string to_hex(const Signature& signature);
std::optional<Signature> signature_from_hex(std::string_view text);

}  // namespace docmill
