// Where documents behind addresses come from, and where the outputs of submitted jobs go: built from a configuration.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/config.hpp"
#include "node/artifact_store.hpp"
#include "node/sources.hpp"
#include "runtime/blocking_pool.hpp"
#include "transfer/s3.hpp"

namespace docmill {

// The way to other machines: a few threads, and who we are there.
class Network {
 public:
  // The loop outlives it.
  Network(boost::asio::io_context& loop, const Config& config);

  // The others refer to it and go first. SystemError (misconfigured): they cannot be used.
  std::unique_ptr<ArtifactStore> open_store(const Config& config, const std::filesystem::path& data_directory);
  std::unique_ptr<SourceFetcher> make_fetcher(const Config& config);

 private:
  // In this order: transfers that are given up still use the others for a moment.
  std::shared_ptr<Http> public_http_;
  std::shared_ptr<Http> s3_http_;
  std::shared_ptr<S3> s3_;
  BlockingPool pool_;
};

// Where the outputs of submitted jobs are kept (store.url), for messages.
std::string artifact_place(const Config& config, const std::filesystem::path& data_directory);

}  // namespace docmill
