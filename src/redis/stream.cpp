#include "redis/stream.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>

#include "redis/alarm.hpp"

namespace docmill::redis {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Kind = SystemError::Kind;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

template <class Socket>
class SocketStream : public Stream {
 public:
  template <class... Arguments>
  explicit SocketStream(Arguments&&... arguments) : socket_(std::forward<Arguments>(arguments)...) {}

  asio::awaitable<Done> read_some(asio::mutable_buffer buffer) override {
    return socket_.async_read_some(buffer, as_tuple);
  }

  asio::awaitable<Done> write(const std::vector<asio::const_buffer>& buffers) override {
    const std::uint64_t before = written_;
    auto progress = [this, before](const error_code& error, std::size_t count) {
      written_ = before + count;
      return asio::transfer_all()(error, count);
    };
    return asio::async_write(socket_, buffers, std::move(progress), as_tuple);
  }

  void close() override {
    error_code ignored;
    socket_.lowest_layer().close(ignored);
  }

  Socket& socket() { return socket_; }

 private:
  Socket socket_;
};

// A connection that nobody uses for long is noticed by the kernel; small commands leave at once.
void tune(tcp::socket::lowest_layer_type& socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  using KeepIdle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
  using KeepInterval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;
  using KeepCount = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPCNT>;
  socket.set_option(KeepIdle(30), ignored);
  socket.set_option(KeepInterval(10), ignored);
  socket.set_option(KeepCount(3), ignored);
}

[[noreturn]] void raise(const Failure& failure) { throw SystemError(failure.kind, failure.cause); }

std::string in_time(std::chrono::milliseconds timeout) {
  return "no connection within " + std::to_string(timeout.count()) + " ms";
}

// Every file is named that cannot be used.
void use_files(asio::ssl::context& context, const Tls& tls) {
  const auto check = [](const error_code& error, const char* what, const std::string& file) {
    if (!error) return;
    throw SystemError(Kind::misconfigured, std::string("cannot use the ") + what + " " + file + ": " + error.message());
  };
  error_code error;
  if (tls.ca_file.empty()) {
    context.set_default_verify_paths(error);
    check(error, "CA certificates of the system", "");
  } else {
    context.load_verify_file(tls.ca_file, error);
    check(error, "CA file", tls.ca_file);
  }
  if (tls.certificate_file.empty()) return;
  context.use_certificate_chain_file(tls.certificate_file, error);
  check(error, "client certificate", tls.certificate_file);
  context.use_private_key_file(tls.key_file, asio::ssl::context::pem, error);
  check(error, "client key", tls.key_file);
}

// Made anew for each connection, so that renewed certificates are used without a restart.
asio::ssl::context make_context(const Tls& tls) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  use_files(context, tls);
  context.set_verify_mode(tls.verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
  return context;
}

using TlsSocket = asio::ssl::stream<tcp::socket>;

struct TlsContext {
  asio::ssl::context context;
};

class TlsStream final : private TlsContext, public SocketStream<TlsSocket> {
 public:
  TlsStream(const asio::any_io_executor& loop, const Tls& tls, const std::string& host)
      : TlsContext{make_context(tls)}, SocketStream(loop, context) {
    const std::string& name = tls.server_name.empty() ? host : tls.server_name;
    error_code no_address;
    asio::ip::make_address(name, no_address);
    if (no_address) SSL_set_tlsext_host_name(socket().native_handle(), name.c_str());  // SNI is for names only
    if (tls.verify) socket().set_verify_callback(asio::ssl::host_name_verification(name));
  }
};

Failure handshake_failure(const error_code& error, SSL* ssl) {
  Failure failure = describe_failure(error);
  const long verdict = SSL_get_verify_result(ssl);
  if (failure.kind == Kind::misconfigured && verdict != X509_V_OK) {
    failure.cause += std::string(": ") + X509_verify_cert_error_string(verdict);
  }
  return failure;
}

asio::awaitable<std::shared_ptr<Stream>> open_unix(asio::any_io_executor loop, std::string path,
                                                   std::chrono::milliseconds timeout) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    throw SystemError(Kind::misconfigured, "the socket's path is longer than the system allows");
  }
  const auto stream = std::make_shared<SocketStream<asio::local::stream_protocol::socket>>(loop);
  const Alarm alarm(loop, timeout, stream);
  const asio::local::stream_protocol::endpoint address(path);
  const auto connected = co_await stream->socket().async_connect(address, as_tuple);
  if (alarm.rang()) throw SystemError(Kind::unavailable, in_time(timeout));
  const error_code error = std::get<0>(connected);
  if (error) raise(describe_failure(error));
  co_return stream;
}

// Nothing, and what went wrong in `failure`, when that address does not answer.
asio::awaitable<std::shared_ptr<Stream>> try_tcp(asio::any_io_executor loop, tcp::endpoint address,
                                                 std::chrono::milliseconds timeout, Failure& failure) {
  const auto stream = std::make_shared<SocketStream<tcp::socket>>(loop);
  const Alarm alarm(loop, timeout, stream);
  const auto connected = co_await stream->socket().async_connect(address, as_tuple);
  const error_code error = std::get<0>(connected);
  failure = alarm.rang() ? Failure{Kind::unavailable, in_time(timeout)} : describe_failure(error);
  if (error || alarm.rang()) co_return nullptr;
  tune(stream->socket().lowest_layer());
  co_return stream;
}

asio::awaitable<std::shared_ptr<Stream>> try_tls(asio::any_io_executor loop, const Url& url, const Endpoint& where,
                                                 tcp::endpoint address, std::chrono::milliseconds timeout,
                                                 Failure& failure) {
  const auto stream = std::make_shared<TlsStream>(loop, url.tls, where.host);
  const Alarm alarm(loop, timeout, stream);
  const auto connected = co_await stream->socket().lowest_layer().async_connect(address, as_tuple);
  error_code error = std::get<0>(connected);
  failure = alarm.rang() ? Failure{Kind::unavailable, in_time(timeout)} : describe_failure(error);
  if (!error && !alarm.rang()) {
    tune(stream->socket().lowest_layer());
    const auto shaken = co_await stream->socket().async_handshake(asio::ssl::stream_base::client, as_tuple);
    error = std::get<0>(shaken);
    failure = handshake_failure(error, stream->socket().native_handle());
    if (alarm.rang()) failure = {Kind::unavailable, "reached, but " + in_time(timeout) + " by TLS: does it speak TLS?"};
  }
  if (error || alarm.rang()) co_return nullptr;
  co_return stream;
}

}  // namespace

Failure describe_failure(const error_code& error) {
  Failure failure{Kind::unavailable, error.message()};
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    failure.cause = "the server closed the connection";
  } else if (error == asio::error::access_denied) {
    failure.kind = Kind::misconfigured;
  } else if (error.category() == asio::error::get_ssl_category()) {
    // Certificates and versions do not mend themselves; a connection torn in the middle does.
    constexpr std::array lasting{SSL_R_CERTIFICATE_VERIFY_FAILED,         SSL_R_WRONG_VERSION_NUMBER,
                                 SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
                                 SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,       SSL_R_TLSV1_ALERT_UNKNOWN_CA};
    const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    for (const int known : lasting) {
      if (reason == known) failure.kind = Kind::misconfigured;
    }
    failure.cause = "TLS: " + failure.cause;
  }
  return failure;
}

asio::awaitable<std::shared_ptr<Stream>> open_stream(asio::any_io_executor loop, Url url, Endpoint where,
                                                     std::chrono::milliseconds timeout) {
  if (url.transport == Url::Transport::unix_socket) co_return co_await open_unix(loop, url.socket_path, timeout);
  tcp::resolver resolver(loop);
  const std::string service = std::to_string(where.port);
  const auto found = co_await resolver.async_resolve(where.host, service, tcp::resolver::numeric_service, as_tuple);
  const error_code error = std::get<0>(found);
  if (error) raise({Kind::unavailable, "cannot find the address of " + where.host + ": " + error.message()});
  Failure failure;
  for (const auto& entry : std::get<1>(found)) {
    std::shared_ptr<Stream> stream;
    if (url.transport == Url::Transport::tls) {
      stream = co_await try_tls(loop, url, where, entry.endpoint(), timeout, failure);
    } else {
      stream = co_await try_tcp(loop, entry.endpoint(), timeout, failure);
    }
    if (stream) co_return stream;
  }
  raise(failure);
}

}  // namespace docmill::redis
