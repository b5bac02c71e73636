// A hash of words for tables in memory: whole words of the machine at a time, as most words of text fit one.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace docmill::nlp {

// Differs between machines of different byte order: not for what is kept.
struct WordHash {
  using is_avalanching = void;  // Boost need not mix it again

  std::size_t operator()(std::string_view word) const {
    const auto size = word.size();
    std::uint64_t hash = size * factor;
    std::size_t i = 0;
    for (; i + sizeof(std::uint64_t) < size; i += sizeof(std::uint64_t)) {
      hash = mix(hash, load<std::uint64_t>(word, i));
    }
    // The rest by pieces that overlap: no byte is read beyond the word.
    if (size >= sizeof(std::uint64_t)) return mix(hash, load<std::uint64_t>(word, size - sizeof(std::uint64_t)));
    if (size >= sizeof(std::uint32_t)) {
      const std::uint64_t begin = load<std::uint32_t>(word, 0);
      return mix(hash, begin << 32U | load<std::uint32_t>(word, size - sizeof(std::uint32_t)));
    }
    std::uint64_t bytes = 0;
    for (const char c : word) bytes = bytes << 8U | static_cast<unsigned char>(c);
    return mix(hash, bytes);
  }

 private:
  static constexpr std::uint64_t factor = 0x9e3779b97f4a7c15U;

  template <class Number>
  static Number load(std::string_view word, std::size_t at) {
    Number number = 0;
    std::memcpy(&number, word.data() + at, sizeof number);
    return number;
  }
  static std::uint64_t mix(std::uint64_t hash, std::uint64_t bytes) {
    hash = (hash ^ bytes) * factor;
    return (hash ^ hash >> 29U) * 0xbf58476d1ce4e5b9U ^ hash >> 32U;
  }
};

}  // namespace docmill::nlp
