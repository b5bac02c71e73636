// Where a Redis (or Valkey) server is and how to enter it: REDIS_URL, in all its forms.
//
//   redis://[[user]:password@]host[:port][/db]              TCP, port 6379 unless it says otherwise
//   rediss://…                                              the same over TLS
//   unix://[[user]:password@]/path/to/socket[?db=1]         a Unix socket
//   redis+sentinel://[[user]:password@]host[:port],…/master[/db]    the sentinels (port 26379) know where the master is
//   rediss+sentinel://…                                     the same, sentinels and master over TLS
//
// Parameters after `?`, each at most once: `db`; for TLS `ca_file`, `cert_file`, `key_file`, `server_name` and
// `verify=yes|no` (the names of redis-py, ssl_ca_certs, ssl_certfile, ssl_keyfile and ssl_cert_reqs=required|none, are
// understood too); for Sentinel `sentinel_user` and `sentinel_password`. All parts may be percent-encoded, and users
// and passwords must be where they hold one of `:/?#@%`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill::redis {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const Endpoint&) const = default;
};

struct Credentials {
  std::string user;  // empty: the server's default user
  std::string password;

  bool given() const { return !user.empty() || !password.empty(); }
  bool operator==(const Credentials&) const = default;
};

struct Tls {
  std::string ca_file;           // PEM; empty: what the system trusts
  std::string certificate_file;  // PEM; of the client, with key_file, where the server asks for one
  std::string key_file;
  std::string server_name;  // what the certificate must say; empty: the host of the address
  bool verify = true;

  bool operator==(const Tls&) const = default;
};

struct Url {
  enum class Transport { tcp, tls, unix_socket };

  Transport transport = Transport::tcp;
  Endpoint server;          // tcp and tls without sentinels
  std::string socket_path;  // unix_socket
  Credentials credentials;  // of the server
  int database = 0;
  Tls tls;
  std::vector<Endpoint> sentinels;  // not empty: one of them is asked where `master` is
  std::string master;
  Credentials sentinel_credentials;

  bool has_sentinels() const { return !sentinels.empty(); }
  bool operator==(const Url&) const = default;
};

// invalid_option: the sentence quotes the URL without its password and says which part is wrong, and how.
Result<Url> parse_url(std::string_view text);

// For messages: never holds a password. "redis://user@host:6379/1", "unix:///run/redis.sock?db=1"
std::string describe(const Url& url);
std::string describe(const Endpoint& endpoint);  // "host:6379", "[::1]:6379"

}  // namespace docmill::redis
