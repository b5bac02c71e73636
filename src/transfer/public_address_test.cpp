#include "transfer/public_address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <string>

namespace docmill {
namespace {

bool is_public(const std::string& text) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    return is_public_address(reinterpret_cast<const sockaddr*>(&v4));
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr), 1) << text;
  return is_public_address(reinterpret_cast<const sockaddr*>(&v6));
}

TEST(PublicAddress, TakesTheAddressesOfTheWideWorld) {
  for (const char* address : {"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
                              "192.167.1.1", "223.255.255.255", "2606:4700::1", "2a00:1450::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(is_public(address)) << address;
  }
}

TEST(PublicAddress, RefusesWhatLiesWithinOurNetwork) {
  for (const char* address : {"0.0.0.0",          "0.1.2.3",         "10.0.0.1",    "10.255.255.255",
                              "100.64.0.1",       "127.0.0.1",       "127.255.0.1", "169.254.169.254",
                              "172.16.0.1",       "172.31.255.255",  "192.0.0.1",   "192.168.1.1",
                              "198.18.0.1",       "198.19.255.255",  "224.0.0.1",   "239.1.1.1",
                              "240.0.0.1",        "255.255.255.255", "::",          "::1",
                              "fe80::1",          "fc00::1",         "fdff::1",     "ff02::1",
                              "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
                              "2002:7f00:1::",    "2001::1",         "2001:db8::1"}) {
    EXPECT_FALSE(is_public(address)) << address;
  }
}

TEST(PublicAddress, RefusesWhatIsNoInternetAddress) {
  sockaddr local{};
  local.sa_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(&local));
}

}  // namespace
}  // namespace docmill
