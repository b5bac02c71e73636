#include "node/network_sources.hpp"

#include <functional>

#include "node/file_io.hpp"

namespace docmill {

namespace asio = boost::asio;

namespace {

using Problem = HttpReply::Problem;

Error http_failure(const HttpReply& reply, const std::string& document) {
  const auto status = " (HTTP status " + std::to_string(reply.status) + ")";
  switch (reply.problem) {
    case Problem::refused:
      return fail(ErrorCode::access_denied, "may not be fetched: " + document + ": " + reply.message +
                                                "; sources.allow_private lifts what concerns networks");
    case Problem::malformed:
      return fail(ErrorCode::not_found, "is no address: " + document);
    case Problem::too_large:
      return fail(ErrorCode::too_large, "is larger than sources.max_bytes: " + document);
    case Problem::given_up:
      return fail(ErrorCode::cancelled, "was not fetched to its end: " + document);
    case Problem::network:
    case Problem::sink:
      return fail(ErrorCode::source_unavailable, "cannot be fetched at present: " + document + ": " + reply.message);
    case Problem::none:
      break;
  }
  if (reply.status == 404 || reply.status == 410)
    return fail(ErrorCode::not_found, "is not there: " + document + status);
  if (reply.status >= 500 || reply.status == 429 || reply.status == 408) {
    return fail(ErrorCode::source_unavailable, "cannot be fetched at present: " + document + status);
  }
  return fail(ErrorCode::access_denied, "is refused: " + document + status);
}

Result<HttpReply> fetch_http(Http& http, const std::string& document, int sink, const NetworkSourceOptions& options,
                             const GivenUp& given_up) {
  HttpRequest request;
  request.url = document;
  request.sink = sink;
  request.max_bytes = options.max_bytes;
  request.timeout = options.timeout;
  request.follow = true;
  request.public_only = !options.allow_private;
  auto reply = http.perform(request, given_up);
  if (reply.problem == Problem::none && reply.status / 100 == 2) return reply;
  return http_failure(reply, document);
}

Result<HttpReply> fetch_s3(S3& s3, const std::string& document, int sink, const NetworkSourceOptions& options,
                           const GivenUp& given_up) {
  DOCMILL_TRY(place, parse_s3_url(document));
  return s3.get(place, sink, options.max_bytes, options.timeout, given_up);
}

}  // namespace

asio::awaitable<Result<Source>> NetworkSources::fetch(std::string document) {
  const auto scheme = scheme_of(document);
  if (scheme != "s3" && scheme != "http" && scheme != "https") {
    co_return fail(ErrorCode::unsupported_type, "this node cannot fetch it: " + document);
  }
  const std::function<Result<Source>(const GivenUp&)> work = [http = http_, s3 = s3_, document, options = options_,
                                                              is_s3 = scheme ==
                                                                      "s3"](const GivenUp& given_up) -> Result<Source> {
    Source source;
    DOCMILL_TRY(file, unnamed_file(options.directory.string()));
    DOCMILL_TRY(reply, is_s3 ? fetch_s3(*s3, document, file.get(), options, given_up)
                             : fetch_http(*http, document, file.get(), options, given_up));
    DOCMILL_TRY(readable, read_only(file));
    source.file = std::move(readable);
    source.bytes = reply.bytes;
    source.modified = reply.modified;
    return source;
  };
  co_return co_await pool_.run<Result<Source>>(work);
}

}  // namespace docmill
