#include "transfer/s3.hpp"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <sstream>
#include <thread>

#include "core/sha256.hpp"

namespace docmill {
namespace {

using Problem = HttpReply::Problem;

constexpr Millis call_timeout{60'000};
constexpr std::uint64_t least_bytes_per_second = 64U << 10U;  // for the timeout of large bodies

// S3 wants it for the removal of many.
std::string content_md5(std::string_view body) {
  std::array<unsigned char, 16> digest{};
  EVP_Q_digest(nullptr, "MD5", nullptr, body.data(), body.size(), digest.data(), nullptr);
  std::array<unsigned char, 25> text{};
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return {text.begin(), text.end() - 1};
}

std::string sha256_of_file(int file, std::uint64_t bytes) {
  Sha256 hash;
  std::vector<char> buffer(256U << 10U);
  for (std::uint64_t done = 0; done < bytes;) {
    const auto got = ::pread(file, buffer.data(), buffer.size(), static_cast<off_t>(done));
    if (got <= 0) break;  // shorter than it was: the transfer will fail for it
    hash.add({buffer.data(), static_cast<std::size_t>(got)});
    done += static_cast<std::uint64_t>(got);
  }
  return hash.hexadecimal();
}

bool may_pass(const HttpReply& reply) {
  return reply.problem == Problem::network ||
         (reply.problem == Problem::none && (reply.status >= 500 || reply.status == 429 || reply.status == 408));
}

// "AccessDenied: the key is unknown", from the answer's XML; else the status.
std::string reason_of(const HttpReply& reply) {
  if (reply.problem != Problem::none) return reply.message;
  pugi::xml_document xml;
  std::string reason = "HTTP status " + std::to_string(reply.status);
  if (!xml.load_buffer(reply.body.data(), reply.body.size())) return reason;
  const auto error = xml.child("Error");
  if (const std::string code = error.child_value("Code"); !code.empty()) reason += ", " + code;
  if (const std::string message = error.child_value("Message"); !message.empty()) reason += ": " + message;
  return reason;
}

ErrorCode code_of(const HttpReply& reply) {
  switch (reply.problem) {
    case Problem::refused:
      return ErrorCode::access_denied;
    case Problem::malformed:
      return ErrorCode::invalid_option;
    case Problem::too_large:
      return ErrorCode::too_large;
    case Problem::given_up:
      return ErrorCode::cancelled;
    case Problem::sink:
    case Problem::network:
      return ErrorCode::source_unavailable;
    case Problem::none:
      break;
  }
  if (reply.status == 404) return ErrorCode::not_found;
  return may_pass(reply) ? ErrorCode::source_unavailable : ErrorCode::access_denied;
}

// In small steps: whoever is given up ends soon.
void pause(Millis time, const GivenUp& given_up) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!given_up && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(Millis(20));
}

}  // namespace

HttpRequest S3::request_to(HttpRequest::Method method, const S3Place& place, const std::string& query) const {
  HttpRequest request;
  request.method = method;
  request.url = options_.endpoint.empty() ? "https://s3." + options_.region + ".amazonaws.com" : options_.endpoint;
  while (request.url.ends_with('/')) request.url.pop_back();
  request.url += "/" + percent_encoded(place.bucket, false);
  if (!place.key.empty()) request.url += "/" + percent_encoded(place.key, true);
  if (!query.empty()) request.url += "?" + query;
  request.timeout = call_timeout;
  request.user = options_.access_key;
  request.password = options_.secret_key;
  request.sign_as = "aws:amz:" + options_.region + ":s3";
  if (!options_.session_token.empty()) request.headers.push_back("x-amz-security-token: " + options_.session_token);
  return request;
}

// Signed with its body, so that a store refuses what was damaged on the way.
Result<HttpReply> S3::perform(HttpRequest request, const std::string& what, const GivenUp& given_up) {
  Sha256 body;
  body.add(request.body);
  request.headers.push_back("x-amz-content-sha256: " + (request.body_file < 0
                                                            ? body.hexadecimal()
                                                            : sha256_of_file(request.body_file, request.body_bytes)));
  Millis rest = options_.first_pause;
  for (int attempt = 1;; ++attempt) {
    auto reply = http_.perform(request, given_up);
    if (reply.problem == Problem::none && reply.status / 100 == 2) return reply;
    if (!may_pass(reply) || attempt >= options_.attempts || given_up) {
      return fail(code_of(reply), "cannot " + what + ": " + reason_of(reply));
    }
    pause(rest, given_up);
    rest *= 2;
  }
}

Status S3::put_file(const S3Place& place, int file, std::uint64_t bytes, const GivenUp& given_up) {
  auto request = request_to(HttpRequest::Method::put, place, "");
  request.body_file = file;
  request.body_bytes = bytes;
  request.timeout += Millis(bytes / least_bytes_per_second * 1'000);
  const auto reply = perform(request, "write s3://" + place.bucket + "/" + place.key, given_up);
  return reply ? Status() : Status(reply.error());
}

Result<HttpReply> S3::get(const S3Place& place, int sink, std::uint64_t max_bytes, Millis timeout,
                          const GivenUp& given_up) {
  auto request = request_to(HttpRequest::Method::get, place, "");
  request.sink = sink;
  request.max_bytes = max_bytes;
  request.timeout = timeout;
  return perform(request, "read s3://" + place.bucket + "/" + place.key, given_up);
}

Result<std::vector<std::string>> S3::list(const S3Place& place, const GivenUp& given_up) {
  const S3Place bucket{place.bucket, ""};
  const auto request =
      request_to(HttpRequest::Method::get, bucket, "list-type=2&prefix=" + percent_encoded(place.key, false));
  DOCMILL_TRY(reply, perform(request, "list s3://" + place.bucket + "/" + place.key, given_up));
  pugi::xml_document xml;
  if (!xml.load_buffer(reply.body.data(), reply.body.size()) || !xml.child("ListBucketResult")) {
    return fail(ErrorCode::source_unavailable, "cannot list s3://" + place.bucket + ": the answer is no listing");
  }
  std::vector<std::string> keys;
  for (const auto& object : xml.child("ListBucketResult").children("Contents"))
    keys.emplace_back(object.child_value("Key"));
  return keys;
}

Status S3::remove(const std::string& bucket, const std::vector<std::string>& keys, const GivenUp& given_up) {
  pugi::xml_document xml;
  auto root = xml.append_child("Delete");
  root.append_child("Quiet").text().set("true");
  for (const auto& key : keys) root.append_child("Object").append_child("Key").text().set(key.c_str());
  std::ostringstream text;
  xml.save(text, "", pugi::format_raw);
  auto request = request_to(HttpRequest::Method::post, S3Place{bucket, ""}, "delete=");
  request.body = text.str();
  request.headers.push_back("Content-Type: application/xml");
  request.headers.push_back("Content-MD5: " + content_md5(request.body));
  const auto reply = perform(request, "remove from s3://" + bucket, given_up);
  return reply ? Status() : Status(reply.error());
}

Result<S3Place> parse_s3_url(std::string_view url) {
  constexpr std::string_view scheme = "s3://";
  const auto rest = url.starts_with(scheme) ? url.substr(scheme.size()) : std::string_view();
  const auto slash = std::min(rest.find('/'), rest.size());
  S3Place place{std::string(rest.substr(0, slash)), std::string(rest.substr(std::min(slash + 1, rest.size())))};
  if (place.bucket.empty()) {
    return fail(ErrorCode::invalid_option, "'" + std::string(url) + "' is not of the form s3://BUCKET/KEY");
  }
  return place;
}

std::string percent_encoded(std::string_view bytes, bool keep_slashes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~' || (keep_slashes && c == '/');
    if (plain) {
      text += c;
    } else {
      text += '%';
      text += digits[byte >> 4U];
      text += digits[byte & 15U];
    }
  }
  return text;
}

}  // namespace docmill
