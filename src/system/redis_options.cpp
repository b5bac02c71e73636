#include "system/redis_options.hpp"

namespace docmill {
namespace {

void set_if_empty(std::string& field, const std::string& value) {
  if (field.empty()) field = value;
}

}  // namespace

RedisOptions redis_options(const Config& config, const std::string& url) {
  auto parsed = redis::parse_url(url);
  if (!parsed) {
    throw SystemError(SystemError::Kind::misconfigured,
                      "redis.url (" + config.value("redis.url").origin + "): " + parsed.error().message);
  }
  RedisOptions options;
  options.url = std::move(*parsed);
  set_if_empty(options.url.tls.ca_file, config.text("redis.ca_file"));
  set_if_empty(options.url.tls.certificate_file, config.text("redis.certificate"));
  set_if_empty(options.url.tls.key_file, config.text("redis.key"));
  options.name_space = config.text("redis.namespace");
  options.min_replicas = static_cast<int>(config.integer("redis.min_replicas_ack"));
  options.client.patience = config.duration("redis.patience");
  return options;
}

}  // namespace docmill
