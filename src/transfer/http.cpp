#include "transfer/http.hpp"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "transfer/public_address.hpp"

namespace docmill {
namespace {

using Problem = HttpReply::Problem;

constexpr std::uint64_t default_max_bytes = 16U << 20U;
constexpr long most_redirects = 5;
constexpr long connect_timeout_ms = 10'000;
constexpr long stalled_seconds = 30;  // below a byte a second for so long

// What the callbacks of one exchange share.
struct Exchange {
  CURL* curl;
  const HttpRequest& request;
  const GivenUp& given_up;
  HttpReply& reply;
  std::uint64_t sent = 0;
};

void end_with(Exchange& exchange, Problem problem, std::string message) {
  exchange.reply.problem = problem;
  exchange.reply.message = std::move(message);
}

std::size_t receive(char* data, std::size_t /*one*/, std::size_t size, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const auto& request = exchange.request;
  auto& reply = exchange.reply;
  if (reply.bytes + size > (request.max_bytes == 0 ? default_max_bytes : request.max_bytes)) {
    end_with(exchange, Problem::too_large, "it is larger than allowed");
    return CURL_WRITEFUNC_ERROR;
  }
  long status = 0;
  curl_easy_getinfo(exchange.curl, CURLINFO_RESPONSE_CODE, &status);
  const bool to_sink = request.sink >= 0 && status < 300;
  if (!to_sink) reply.body.append(data, size);
  for (std::size_t written = 0; to_sink && written < size;) {
    const auto some = ::pwrite(request.sink, data + written, size - written, static_cast<off_t>(reply.bytes + written));
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) {
      end_with(exchange, Problem::sink, std::strerror(errno));
      return CURL_WRITEFUNC_ERROR;
    }
    written += static_cast<std::size_t>(some);
  }
  reply.bytes += size;
  return size;
}

std::size_t send(char* buffer, std::size_t /*one*/, std::size_t room, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const auto& request = exchange.request;
  if (request.body_file < 0) {
    const auto size = std::min(room, request.body.size() - static_cast<std::size_t>(exchange.sent));
    std::memcpy(buffer, request.body.data() + exchange.sent, size);
    exchange.sent += size;
    return size;
  }
  const auto size = ::pread(request.body_file, buffer, room, static_cast<off_t>(exchange.sent));
  if (size < 0) return CURL_READFUNC_ABORT;
  exchange.sent += static_cast<std::uint64_t>(size);
  return static_cast<std::size_t>(size);
}

int seek(void* context, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Exchange*>(context)->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int look(void* context, curl_off_t /*total*/, curl_off_t /*got*/, curl_off_t /*to_send*/, curl_off_t /*sent*/) {
  return static_cast<Exchange*>(context)->given_up ? 1 : 0;
}

// The last word on an address: names have been resolved, redirects followed.
curl_socket_t open_socket(void* context, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (exchange.request.public_only && !is_public_address(&address->addr)) {
    end_with(exchange, Problem::refused, "it is on a private or local network");
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_body(CURL* curl, const HttpRequest& request, Exchange& exchange) {
  if (request.method == HttpRequest::Method::get) return;
  const auto bytes = request.body_file < 0 ? request.body.size() : request.body_bytes;
  if (request.method == HttpRequest::Method::post) {
    // As a field and not as an upload: a signature then covers the body.
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    return;
  }
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes));
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &send);
  curl_easy_setopt(curl, CURLOPT_READDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &seek);
  curl_easy_setopt(curl, CURLOPT_SEEKDATA, &exchange);
}

void set_all(CURL* curl, const HttpRequest& request, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, request.follow ? 1L : 0L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, most_redirects);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  // Before a large body the server is asked first. (Without that header libcurl's signatures were wrong.)
  curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, 200L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stalled_seconds);
  curl_easy_setopt(curl, CURLOPT_FILETIME, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "docmill");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &look);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &exchange);
  if (request.public_only) {
    // A proxy would resolve names where we cannot look; a connection that is kept was perhaps made without looking.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  }
  if (!request.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.c_str());
    if (!request.sign_as.empty()) curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, request.sign_as.c_str());
  }
  set_body(curl, request, exchange);
}

Problem problem_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return Problem::none;
    case CURLE_URL_MALFORMAT:
      return Problem::malformed;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_PEER_FAILED_VERIFICATION:
      return Problem::refused;
    case CURLE_FILESIZE_EXCEEDED:
      return Problem::too_large;
    case CURLE_ABORTED_BY_CALLBACK:
      return Problem::given_up;
    default:
      return Problem::network;
  }
}

}  // namespace

// Handles that are not in use, with the connections they keep.
class Http::Handles {
 public:
  Handles() {
    std::call_once(initialised(), [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    for (CURL* handle : free_) curl_easy_cleanup(handle);
  }

  CURL* take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return curl_easy_init();
    CURL* const handle = free_.back();
    free_.pop_back();
    return handle;
  }
  void give_back(CURL* handle) {
    curl_easy_reset(handle);
    const std::lock_guard lock(mutex_);
    free_.push_back(handle);
  }

 private:
  static std::once_flag& initialised() {
    static std::once_flag flag;
    return flag;
  }

  std::mutex mutex_;
  std::vector<CURL*> free_;
};

Http::Http(std::string ca_file) : ca_file_(std::move(ca_file)), handles_(std::make_unique<Handles>()) {}
Http::~Http() = default;

HttpReply Http::perform(const HttpRequest& request, const GivenUp& given_up) {
  HttpReply reply;
  // From its start: an earlier attempt may have left something there.
  if (request.sink >= 0) static_cast<void>(::ftruncate(request.sink, 0) == 0);
  CURL* const curl = handles_->take();
  Exchange exchange{curl, request, given_up, reply, 0};
  std::array<char, CURL_ERROR_SIZE> reason{};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
  if (!ca_file_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
  set_all(curl, request, exchange);
  curl_slist* headers = nullptr;
  for (const auto& header : request.headers) headers = curl_slist_append(headers, header.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  const auto code = curl_easy_perform(curl);
  curl_slist_free_all(headers);
  if (code != CURLE_OK && reply.problem == Problem::none) {
    reply.problem = problem_of(code);
    reply.message = reason[0] != 0 ? reason.data() : curl_easy_strerror(code);
  } else if (code == CURLE_OK) {
    reply.problem = Problem::none;  // an address was refused, but another one of the same name was not
  }
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
  curl_off_t modified = -1;
  curl_easy_getinfo(curl, CURLINFO_FILETIME_T, &modified);
  if (modified > 0) reply.modified = std::chrono::seconds(modified);
  handles_->give_back(curl);
  return reply;
}

}  // namespace docmill
