// Http: one HTTP exchange at a time and thread, by libcurl. Blocks; safe to use from many threads at once, which share
// connections that are kept alive. What is answered is told as it is: callers decide what a status means to them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/job.hpp"
#include "runtime/given_up.hpp"

namespace docmill {

struct HttpRequest {
  enum class Method { get, put, post };

  Method method = Method::get;
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // put, post: this, or …
  int body_file = -1;                // … this file from its start, `body_bytes` of it
  std::uint64_t body_bytes = 0;
  int sink = -1;                // an answer that is well goes to this file, from its start; -1: as others do,
                                // into HttpReply::body
  std::uint64_t max_bytes = 0;  // of the answer's body; 0: 16 MiB
  Millis timeout{60'000};       // for all of it
  bool follow = false;          // redirects, five at most, by http and https only
  bool public_only = false;     // no loopback, private, link-local, … address, also behind names and redirects
  std::string user;             // access key; empty: not signed
  std::string password;         // secret key
  std::string sign_as;          // "aws:amz:<region>:s3": AWS Signature Version 4
};

struct HttpReply {
  enum class Problem {
    none,       // `status` is the answer's
    network,    // not reached, broken off, too slow
    refused,    // an address or scheme that may not be used, a certificate that does not hold
    malformed,  // no URL
    too_large,  // over max_bytes
    sink,       // the answer could not be written: `message` has the reason
    given_up,   // nobody waits for it any more
  };

  Problem problem = Problem::none;
  std::string message;  // what went wrong
  long status = 0;
  std::string body;
  std::uint64_t bytes = 0;  // of the body
  TimePoint modified{};     // Last-Modified; 0: not said
};

class Http {
 public:
  // `ca_file`: certificates that servers' must be signed by (PEM); empty: those of the system.
  explicit Http(std::string ca_file = "");
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;
  ~Http();

  // Ends early when `given_up` becomes true.
  HttpReply perform(const HttpRequest& request, const GivenUp& given_up);

 private:
  class Handles;
  const std::string ca_file_;
  const std::unique_ptr<Handles> handles_;
};

}  // namespace docmill
