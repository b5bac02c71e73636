// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): a hash that is the same on every machine and for ever,
// for what is kept and compared. Weak in its low bits; not against an adversary.
#pragma once

#include <cstdint>
#include <string_view>

namespace docmill {

constexpr std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace docmill
