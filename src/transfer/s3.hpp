// S3: objects in a bucket of an S3-compatible store. Blocks; safe to use from many threads at once. Path style
// (ENDPOINT/bucket/key), Signature Version 4; what fails for a moment is tried again a few times.
//
// Keys are bytes; a key's slashes part it.
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "runtime/given_up.hpp"
#include "transfer/http.hpp"

namespace docmill {

struct S3Options {
  std::string endpoint;  // "https://host:port"; empty: that of Amazon for the region
  std::string region = "us-east-1";
  std::string access_key;  // empty: requests are not signed
  std::string secret_key;
  std::string session_token;
  int attempts = 4;
  Millis first_pause{200};  // before the second; doubled with each
};

// A place in a bucket.
struct S3Place {
  std::string bucket;
  std::string key;  // or a prefix of keys
};

class S3 {
 public:
  S3(Http& http, S3Options options) : http_(http), options_(std::move(options)) {}

  // Errors: access_denied (credentials), not_found (no such bucket or key), source_unavailable (not reached, or not
  // able to serve, after all attempts), cancelled (given up), too_large, invalid_option (no such endpoint).
  Status put_file(const S3Place& place, int file, std::uint64_t bytes, const GivenUp& given_up);
  // The object's bytes go to the file `sink`; the reply has their number and when the object was made.
  Result<HttpReply> get(const S3Place& place, int sink, std::uint64_t max_bytes, Millis timeout,
                        const GivenUp& given_up);
  // All keys that begin with `place.key`, at most about 1,000; further ones when called again after their removal.
  Result<std::vector<std::string>> list(const S3Place& place, const GivenUp& given_up);
  // At most 1,000 keys. A key that is not there is no failure.
  Status remove(const std::string& bucket, const std::vector<std::string>& keys, const GivenUp& given_up);

 private:
  HttpRequest request_to(HttpRequest::Method method, const S3Place& place, const std::string& query) const;
  Result<HttpReply> perform(HttpRequest request, const std::string& what, const GivenUp& given_up);

  Http& http_;
  const S3Options options_;
};

// "s3://bucket/some/key"; the key may be empty. invalid_option: no bucket.
Result<S3Place> parse_s3_url(std::string_view url);

// As it stands in a URL and in a signature: all but A-Z a-z 0-9 - . _ ~ as %XX; slashes as they are where they part.
std::string percent_encoded(std::string_view bytes, bool keep_slashes);

}  // namespace docmill
