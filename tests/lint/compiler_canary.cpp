// What we rely on in co_await operands, as a program: names, calls, constructors and std::move destroy each object
// once. (GCC 12.2 destroys braced aggregates in the operand twice; check_coroutines.py keeps them out.)
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

namespace {

namespace asio = boost::asio;

int alive = 0;

struct Counted {
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --alive; }
};

struct Request {
  std::string text;
  Counted counted;
};

Request make_request() {
  Request request;
  request.text = std::string(100, 'x');
  return request;
}

asio::awaitable<std::size_t> take(Request request) { co_return request.text.size(); }

asio::awaitable<void> use_every_allowed_form(std::size_t& total) {
  Request named = make_request();
  total += co_await take(named);
  total += co_await take(std::move(named));
  total += co_await take(make_request());
  total += co_await take(Request());
  auto started = take(Request{.text = std::string(100, 'y'), .counted = {}});
  total += co_await std::move(started);
  const std::size_t size = co_await take(make_request());
  if (size == 0) total = 0;
}

TEST(CompilerCanary, allowed_forms_of_co_await_destroy_each_object_once) {
  asio::io_context loop;
  std::size_t total = 0;
  asio::co_spawn(loop, use_every_allowed_form(total), asio::detached);
  loop.run();
  EXPECT_EQ(total, 400U);
  EXPECT_EQ(alive, 0);
}

}  // namespace
