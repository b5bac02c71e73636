// NetworkSources: fetches documents behind http(s):// and s3:// addresses into unnamed files, on a few threads.
#pragma once

#include <filesystem>

#include "node/sources.hpp"
#include "runtime/blocking_pool.hpp"
#include "transfer/s3.hpp"

namespace docmill {

struct NetworkSourceOptions {
  std::filesystem::path directory;  // for the files: they have no name there and end with their descriptor
  std::uint64_t max_bytes = 1ULL << 30U;
  Millis timeout{300'000};
  bool allow_private = false;  // http(s) addresses on private and local networks, too
};

class NetworkSources final : public SourceFetcher {
 public:
  // The pool outlives it; `http` and `s3` are shared with the transfers.
  NetworkSources(BlockingPool& pool, std::shared_ptr<Http> http, std::shared_ptr<S3> s3, NetworkSourceOptions options)
      : pool_(pool), http_(std::move(http)), s3_(std::move(s3)), options_(std::move(options)) {}

  boost::asio::awaitable<Result<Source>> fetch(std::string document) override;

 private:
  BlockingPool& pool_;
  const std::shared_ptr<Http> http_;
  const std::shared_ptr<S3> s3_;
  const NetworkSourceOptions options_;
};

}  // namespace docmill
