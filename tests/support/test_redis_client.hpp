// A client and its loop, driven from plain code.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "redis/client.hpp"
#include "tests/support/run_coroutine.hpp"

namespace docmill::test {

class TestRedisClient {
 public:
  using Millis = std::chrono::milliseconds;

  explicit TestRedisClient(const std::string& url, redis::ClientOptions options = redis::ClientOptions())
      : client_(std::make_unique<redis::Client>(loop_.get_executor(), redis::parse_url(url).value(), options)) {}

  redis::Client& client() { return *client_; }
  boost::asio::io_context& loop() { return loop_; }

  redis::Reply call(std::initializer_list<std::string_view> arguments) {
    return run(loop_, client_->call(redis::Command(arguments)));
  }
  std::string text(std::initializer_list<std::string_view> arguments) { return std::string(call(arguments).text()); }
  std::int64_t integer(std::initializer_list<std::string_view> arguments) { return call(arguments).integer(); }

  // The SystemError that the call ends with; fails the test if it ends otherwise.
  std::optional<SystemError> failure(std::initializer_list<std::string_view> arguments) {
    try {
      call(arguments);
    } catch (const SystemError& error) {
      return error;
    }
    ADD_FAILURE() << "the call did not fail";
    return std::nullopt;
  }

 private:
  boost::asio::io_context loop_;
  std::unique_ptr<redis::Client> client_;
};

// Little patience, for tests in which it is spent.
inline redis::ClientOptions impatient(std::chrono::milliseconds patience = std::chrono::milliseconds(100)) {
  redis::ClientOptions options;
  options.patience = patience;
  options.connect_timeout = std::chrono::milliseconds(1000);
  options.longest_backoff = std::chrono::milliseconds(50);
  return options;
}

}  // namespace docmill::test
