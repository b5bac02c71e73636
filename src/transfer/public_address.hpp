// Which addresses are anybody's: for fetching what strangers name, without letting them look into our network.
#pragma once

#include <sys/socket.h>

namespace docmill {

// False for loopback, private, link-local, shared (carrier), multicast, documentation and reserved addresses, also
// where IPv6 wraps such an IPv4 address (mapped, NAT64, 6to4, Teredo).
bool is_public_address(const sockaddr* address);

}  // namespace docmill
