#include "tests/support/tcp_gate.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace docmill::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using local = asio::local::stream_protocol;

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

struct Pair {
  explicit Pair(asio::io_context& loop, tcp::socket accepted) : client(std::move(accepted)), server(loop) {}
  void cut() {
    boost::system::error_code ignored;
    client.close(ignored);
    server.close(ignored);
  }
  tcp::socket client;
  local::socket server;
};

}  // namespace

class TcpGate::Core {
 public:
  explicit Core(std::filesystem::path server_socket)
      : server_socket_(std::move(server_socket)), acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    asio::co_spawn(loop_, serve(), asio::detached);
    thread_ = std::thread([this] { loop_.run(); });
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() {
    loop_.stop();
    thread_.join();
  }

  // Runs `action` in the gate's thread and returns what it returns.
  template <class Action>
  auto in_thread(Action action) {
    const auto task = std::make_shared<std::packaged_task<decltype(action())()>>(std::move(action));
    asio::post(loop_, [task] { (*task)(); });
    return task->get_future().get();
  }

  int port() const { return acceptor_.local_endpoint().port(); }

  // State of the gate's thread.
  std::optional<std::size_t> request_bytes_left;
  bool swallow_reply = false;
  bool refusing = false;
  int accepted = 0;
  std::chrono::milliseconds delay{0};

  void cut_all() {
    for (const auto& pair : pairs_) pair->cut();
  }

 private:
  asio::awaitable<void> serve();
  asio::awaitable<void> open(std::shared_ptr<Pair> pair);
  asio::awaitable<void> forward_requests(std::shared_ptr<Pair> pair);
  asio::awaitable<void> forward_replies(std::shared_ptr<Pair> pair);

  const std::filesystem::path server_socket_;
  asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::set<std::shared_ptr<Pair>> pairs_;
  std::thread thread_;
};

asio::awaitable<void> TcpGate::Core::serve() {
  while (true) {
    tcp::socket client = co_await acceptor_.async_accept(asio::use_awaitable);
    ++accepted;
    if (refusing) continue;  // closed with the socket
    asio::co_spawn(loop_, open(std::make_shared<Pair>(loop_, std::move(client))), asio::detached);
  }
}

asio::awaitable<void> TcpGate::Core::open(std::shared_ptr<Pair> pair) {
  pairs_.insert(pair);
  const local::endpoint server(server_socket_.string());
  const auto connected = co_await pair->server.async_connect(server, as_tuple);
  if (std::get<0>(connected)) pair->cut();
  asio::co_spawn(loop_, forward_requests(pair), asio::detached);
  co_await forward_replies(pair);
  pair->cut();
  pairs_.erase(pair);
}

asio::awaitable<void> TcpGate::Core::forward_requests(std::shared_ptr<Pair> pair) {
  std::array<char, 65536> bytes;
  while (true) {
    const auto read = co_await pair->client.async_read_some(asio::buffer(bytes), as_tuple);
    if (std::get<0>(read)) break;
    std::size_t count = std::get<1>(read);
    const bool is_last = request_bytes_left && *request_bytes_left <= count;
    if (is_last) count = *std::exchange(request_bytes_left, std::nullopt);
    if (request_bytes_left) *request_bytes_left -= count;
    const auto written = co_await asio::async_write(pair->server, asio::buffer(bytes.data(), count), as_tuple);
    if (is_last || std::get<0>(written)) break;
  }
  pair->cut();
}

asio::awaitable<void> TcpGate::Core::forward_replies(std::shared_ptr<Pair> pair) {
  std::array<char, 65536> bytes;
  while (true) {
    const auto read = co_await pair->server.async_read_some(asio::buffer(bytes), as_tuple);
    if (std::get<0>(read) || std::exchange(swallow_reply, false)) co_return;
    if (delay.count() > 0) {
      asio::steady_timer timer(loop_, delay);
      co_await timer.async_wait(as_tuple);
    }
    const std::size_t count = std::get<1>(read);
    const auto written = co_await asio::async_write(pair->client, asio::buffer(bytes.data(), count), as_tuple);
    if (std::get<0>(written)) co_return;
  }
}

TcpGate::TcpGate(std::filesystem::path server_socket) : core_(std::make_unique<Core>(std::move(server_socket))) {}
TcpGate::~TcpGate() = default;

int TcpGate::port() const { return core_->port(); }
void TcpGate::cut_after_request_bytes(std::size_t count) {
  core_->in_thread([&] { core_->request_bytes_left = count; });
}
void TcpGate::cut_before_reply() {
  core_->in_thread([&] { core_->swallow_reply = true; });
}
void TcpGate::delay_replies(std::chrono::milliseconds delay) {
  core_->in_thread([&] { core_->delay = delay; });
}
void TcpGate::refuse() {
  core_->in_thread([&] {
    core_->refusing = true;
    core_->cut_all();
  });
}
void TcpGate::accept() {
  core_->in_thread([&] { core_->refusing = false; });
}
int TcpGate::accepted() const {
  return core_->in_thread([&] { return core_->accepted; });
}

}  // namespace docmill::test
