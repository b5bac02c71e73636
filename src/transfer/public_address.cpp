#include "transfer/public_address.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace docmill {
namespace {

using Bytes = std::span<const std::uint8_t>;

// A network: its first bytes, and how many bits of them count.
struct Network {
  std::array<std::uint8_t, 16> bytes;
  unsigned bits;

  bool has(Bytes address) const {
    for (unsigned bit = 0; bit < bits; ++bit) {
      const unsigned mask = 0x80U >> (bit % 8);
      if (((bytes[bit / 8] ^ address[bit / 8]) & mask) != 0) return false;
    }
    return true;
  }
};

// RFC 6890 and what was registered since.
constexpr std::array not_public_v4{
    Network{{0}, 8},
    Network{{10}, 8},
    Network{{100, 64}, 10},
    Network{{127}, 8},
    Network{{169, 254}, 16},
    Network{{172, 16}, 12},
    Network{{192, 0, 0}, 24},
    Network{{192, 0, 2}, 24},
    Network{{192, 88, 99}, 24},
    Network{{192, 168}, 16},
    Network{{198, 18}, 15},
    Network{{198, 51, 100}, 24},
    Network{{203, 0, 113}, 24},
    Network{{224}, 4},
    Network{{240}, 4},
};

// Of IPv6 only 2000::/3 is in use, without these.
constexpr Network global_v6{{0x20}, 3};
constexpr std::array not_public_v6{
    Network{{0x20, 0x01, 0x00, 0x00}, 23},  // special purposes, Teredo among them
    Network{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    Network{{0x20, 0x02}, 16},              // 6to4
    Network{{0x3f, 0xff}, 20},              // documentation
};
constexpr Network mapped_v4{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};

bool is_public_v4(Bytes address) {
  return std::none_of(not_public_v4.begin(), not_public_v4.end(), [&](const Network& n) { return n.has(address); });
}

}  // namespace

bool is_public_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return is_public_v4(bytes);
  }
  if (address->sa_family != AF_INET6) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  const Bytes bytes(v6.sin6_addr.s6_addr, 16);
  if (mapped_v4.has(bytes)) return is_public_v4(bytes.subspan(12));
  return global_v6.has(bytes) &&
         std::none_of(not_public_v6.begin(), not_public_v6.end(), [&](const Network& n) { return n.has(bytes); });
}

}  // namespace docmill
