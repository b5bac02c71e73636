// Session: one namespace on one server, as its functions are called: keys, version, time, answers. Loads the functions
// where the server lacks them or has older ones.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/redis/redis_broker.hpp"
#include "broker/redis/wire.hpp"
#include "core/result.hpp"
#include "redis/client.hpp"

namespace docmill::redis {

// What a function said: an error of the caller's making, or content, and perhaps blobs behind it. Both live as long as
// this.
class Answer {
 public:
  explicit Answer(Reply reply);
  Status status() const;  // the error, if it is one
  bool is_error() const { return !text_.starts_with('+'); }
  Error error() const;
  Reader content() const { return Reader(text_.substr(1)); }
  std::vector<std::string_view> blobs() const;

 private:
  Reply reply_;
  std::string_view text_;
};

// The keys of a namespace, as every call passes them.
std::vector<std::string> keys_of(std::string_view name_space);
// FCALL docmill_NAME. `time`: empty for the server's clock.
Command function_call(std::string_view name, const std::vector<std::string>& keys, const std::string& time,
                      const std::vector<std::string>& arguments);

class Session {
 public:
  Session(const boost::asio::any_io_executor& loop, const RedisOptions& options);

  // Calls docmill_NAME. What it does must bear being done twice. Throws as Client::call does, and misconfigured where
  // the server is used by another version of docmill.
  boost::asio::awaitable<Answer> call(std::string_view name, std::vector<std::string> arguments);
  // The same for what the caller will be told is safe: returns when as many replicas have it as the options want.
  boost::asio::awaitable<Answer> call_safely(std::string_view name, std::vector<std::string> arguments);

  // Published when work may have arrived, and when something of the job that a user can see has changed.
  std::string work_channel() const { return prefix_ + "work"; }
  std::string job_channel(const JobId& job) const { return prefix_ + "job:" + job.value; }
  std::unique_ptr<Subscription> subscribe(std::string channel);

 private:
  boost::asio::awaitable<Answer> call(std::string_view name, std::vector<std::string> arguments, int replicas);
  boost::asio::awaitable<void> load_library();
  [[noreturn]] void refuse(std::string_view error) const;

  const RedisOptions options_;
  const std::string prefix_;
  const std::vector<std::string> keys_;
  Client client_;
};

}  // namespace docmill::redis
