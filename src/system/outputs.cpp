#include "system/outputs.hpp"

#include <unistd.h>

#include "node/job_artifact_store.hpp"
#include "node/network_sources.hpp"
#include "node/s3_artifact_store.hpp"

namespace docmill {
namespace {

namespace fs = std::filesystem;

constexpr int transfers_at_once = 8;

S3Options s3_options(const Config& config) {
  S3Options options;
  options.endpoint = config.text("s3.endpoint");
  options.region = config.text("s3.region");
  options.access_key = config.text("s3.access_key");
  options.secret_key = config.text("s3.secret_key");
  options.session_token = config.text("s3.session_token");
  return options;
}

}  // namespace

Network::Network(boost::asio::io_context& loop, const Config& config)
    : public_http_(std::make_shared<Http>()),
      s3_http_(std::make_shared<Http>(config.text("s3.ca_file"))),
      s3_(std::make_shared<S3>(*s3_http_, s3_options(config))),
      pool_(loop, transfers_at_once) {}

std::unique_ptr<ArtifactStore> Network::open_store(const Config& config, const fs::path& data_directory) {
  const auto place = artifact_place(config, data_directory);
  const bool durable = config.text("store.durable") == "true";
  if (!place.starts_with("s3://")) return std::make_unique<JobArtifactStore>(place, durable);
  const auto parsed = parse_s3_url(place);
  if (!parsed) throw SystemError(SystemError::Kind::misconfigured, "store.url: " + parsed.error().message);
  S3StoreOptions options;
  options.place = *parsed;
  options.scratch = fs::temp_directory_path() / ("docmill-" + std::to_string(::getuid()));
  return std::make_unique<S3ArtifactStore>(pool_, s3_, std::move(options));
}

std::unique_ptr<SourceFetcher> Network::make_fetcher(const Config& config) {
  NetworkSourceOptions options;
  options.directory = fs::temp_directory_path();
  options.max_bytes = config.bytes("sources.max_bytes");
  options.timeout = config.duration("sources.timeout");
  options.allow_private = config.text("sources.allow_private") == "true";
  return std::make_unique<NetworkSources>(pool_, public_http_, s3_, std::move(options));
}

std::string artifact_place(const Config& config, const fs::path& data_directory) {
  const auto& url = config.text("store.url");
  return url.empty() ? (data_directory / "artifacts").string() : url;
}

}  // namespace docmill
