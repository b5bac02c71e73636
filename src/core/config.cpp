#include "core/config.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "core/options.hpp"
#include "core/quantity.hpp"

namespace docmill {
namespace {

using enum ConfigType;

constexpr std::int64_t day = 86'400'000;

constexpr std::array keys{
    ConfigKey{"store", "data_dir", text, "", "", 0, 0, "", "--data-dir",
              "Directory of the queue that commands use without -o and without Redis; empty: $XDG_DATA_HOME/docmill"},
    ConfigKey{"store", "url", text, "", "", 0, 0, "", "",
              "Where the outputs of submitted jobs go: a directory, on a file system that all nodes share, or "
              "s3://BUCKET/PREFIX; empty: artifacts in the data directory"},
    ConfigKey{"store", "durable", choice, "false", "true|false", 0, 0, "", "--durable",
              "true: outputs reach the disk before they count as done, and survive a power cut; slower"},
    ConfigKey{
        "redis", "url", text, "", "", 0, 0, "REDIS_URL", "--redis",
        "Server of a queue that many machines share: redis://, rediss:// (TLS), unix://, redis+sentinel://; empty: "
        "the queue is a file in the data directory",
        true},
    ConfigKey{"redis", "namespace", text, "default", "", 0, 0, "", "",
              "Separates several docmill queues on one server"},
    ConfigKey{"redis", "patience", duration, "5s", "", 100, 3'600'000, "", "",
              "So long a command waits for a server that does not answer; a node begins again, for ever"},
    ConfigKey{"redis", "min_replicas_ack", integer, "0", "", 0, 100, "", "",
              "Replicas that must have a submission or result before it counts; 0: the server alone"},
    ConfigKey{"redis", "ca_file", text, "", "", 0, 0, "", "",
              "Certificates that the server's must be signed by (PEM); empty: those of the system"},
    ConfigKey{"redis", "certificate", text, "", "", 0, 0, "", "", "Certificate that we show to the server (PEM)"},
    ConfigKey{"redis", "key", text, "", "", 0, 0, "", "", "File with the private key of that certificate (PEM)"},
    ConfigKey{"s3", "endpoint", text, "", "", 0, 0, "AWS_ENDPOINT_URL", "",
              "Address of the S3-compatible store, https://host:port; empty: Amazon's for the region"},
    ConfigKey{"s3", "region", text, "us-east-1", "", 0, 0, "AWS_REGION", "", "Region that requests are signed for"},
    ConfigKey{"s3", "access_key", text, "", "", 0, 0, "AWS_ACCESS_KEY_ID", "",
              "Who we are there; empty: requests are not signed"},
    ConfigKey{"s3", "secret_key", text, "", "", 0, 0, "AWS_SECRET_ACCESS_KEY", "", "Its secret", true},
    ConfigKey{"s3", "session_token", text, "", "", 0, 0, "AWS_SESSION_TOKEN", "", "Of temporary credentials", true},
    ConfigKey{"s3", "ca_file", text, "", "", 0, 0, "", "",
              "Certificates that the store's must be signed by (PEM); empty: those of the system"},
    ConfigKey{"sources", "max_bytes", bytes, "1GiB", "", 1'024, 0, "", "",
              "Size of one document that is fetched from an address"},
    ConfigKey{"sources", "timeout", duration, "5m", "", 100, day, "", "", "Time for fetching one document"},
    ConfigKey{"sources", "allow_private", choice, "false", "true|false", 0, 0, "", "",
              "true: http(s) addresses on private and local networks may be fetched, and proxies be used"},
    ConfigKey{"results", "inline_limit", bytes, "64KiB", "", 4'096, 0, "", "",
              "Longer result records are kept in the queue without their pages, which the artifact json has"},
    ConfigKey{"results", "ttl", duration, "0s", "", 0, 36'500 * day, "", "--result-ttl",
              "So long after its end a submitted job is kept in the queue, with its results; 0s: for ever"},
    ConfigKey{"workers", "max", integer, "0", "", 0, 4096, "MAX_WORKERS", "-j,--jobs",
              "Worker processes that run at once; 0: one per usable core"},
    ConfigKey{"workers", "min", integer, "1", "", 1, 4096, "MIN_WORKERS", "",
              "Never fewer worker processes than this, however few cores there are"},
    ConfigKey{"workers", "isolation", choice, "document", "document|worker", 0, 0, "", "--isolation",
              "document: a fresh process for every document; worker: a process is kept for many small ones"},
    ConfigKey{"workers", "executable", text, "", "", 0, 0, "DOCMILL_WORKER", "",
              "Path of docmill-worker; empty: beside docmill, or in ../libexec"},
    ConfigKey{"workers", "part_pages", integer, "32", "", 0, 100'000, "", "--part-pages",
              "Documents with more pages are split over all workers; 0: never"},
    ConfigKey{"cache", "size", bytes, "256MiB", "", 0, 1LL << 40, "", "--cache-size",
              "Room for what was recognised, so that the same page image is not recognised again; 0: nothing is kept"},
    ConfigKey{"cache", "directory", text, "", "", 0, 0, "", "",
              "Where that is kept; several runs and nodes may share it, if all who can write there are trusted. Empty: "
              "beside the queue of a run, else in the data directory"},
    ConfigKey{"limits", "memory", bytes, "2GiB", "", 64 << 20, 0, "", "--memory-limit",
              "Memory of one worker; over it the document fails with out_of_memory"},
    ConfigKey{"limits", "output", bytes, "16GiB", "", 1 << 20, 0, "", "", "Size of one output file"},
    ConfigKey{"limits", "pages", integer, "0", "", 0, 10'000'000, "", "--max-pages",
              "Pages of one document; 0: any number"},
    ConfigKey{"limits", "pixels", integer, "250000000", "", 1'000'000, 10'000'000'000, "", "--max-pixels",
              "Pixels of one page"},
    ConfigKey{"limits", "task_timeout", duration, "0", "", 0, 30 * day, "", "--timeout",
              "Time for one document or part of one; 0: from the two below"},
    ConfigKey{"limits", "base_timeout", duration, "60s", "", 100, day, "", "",
              "Time for opening, splitting and writing a document"},
    ConfigKey{"limits", "page_timeout", duration, "60s", "", 100, day, "", "",
              "Time added for each page, and for each 10 megapixels of it"},
    ConfigKey{"limits", "stall_timeout", duration, "120s", "", 100, day, "", "", "Time without any progress"},
    ConfigKey{"lease", "time", duration, "30s", "", 2'000, day, "", "",
              "After so long without a sign of life a node's work is given to others"},
    ConfigKey{"lease", "heartbeat", duration, "500ms", "", 50, 60'000, "", "",
              "Pause between signs of life; cancel and pause take hold within it"},
    ConfigKey{"lease", "drain_timeout", duration, "30s", "", 0, day, "", "",
              "After the first Ctrl-C, running work may take so long to finish"},
    ConfigKey{"lease", "hedge_after", duration, "2m", "", 0, day, "", "",
              "Idle workers run again what another node has held for so long; who is first counts. 0s: never"},
    ConfigKey{"retry", "attempts", integer, "3", "", 1, 100, "", "--attempts",
              "Executions of a document that may fail before it is given up"},
    ConfigKey{"retry", "deliveries", integer, "10", "", 1, 1'000, "", "",
              "Times a document may be lost with its node before it is given up"},
    ConfigKey{"retry", "backoff_base", duration, "1s", "", 0, day, "", "",
              "Longest pause before the second attempt; doubles with each"},
    ConfigKey{"retry", "backoff_cap", duration, "60s", "", 0, day, "", "", "Longest pause before any attempt"},
    ConfigKey{"history", "file", text, "", "", 0, 0, "", "",
              "File to which every call to the queue and every answer is appended, for docmill doctor --audit; empty: "
              "none"},
    ConfigKey{"log", "level", choice, "warning", "error|warning|info", 0, 0, "", "--log-level",
              "What a run tells on stderr besides progress, and a worker besides its start and end: info: each failure "
              "and further attempt as it happens (a worker: each task); warning: what needs attention; error: nothing"},
    ConfigKey{"log", "format", choice, "text", "text|json", 0, 0, "", "--log-format",
              "How a worker writes its log on stderr: lines for people, or one JSON object a line"},
};

std::optional<std::size_t> find(std::string_view name) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& key = keys[i];
    const auto dot = key.section.size();
    if (name.size() == dot + 1 + key.key.size() && name.starts_with(key.section) && name[dot] == '.' &&
        name.ends_with(key.key)) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse(const ConfigKey& key, std::string_view given) {
  switch (key.type) {
    case integer: {
      std::int64_t value = 0;
      const auto [rest, error] = std::from_chars(given.data(), given.data() + given.size(), value);
      if (error != std::errc() || rest != given.data() + given.size()) return std::nullopt;
      return value;
    }
    case bytes:
      return parse_bytes(given);
    case duration:
      return parse_duration(given);
    case text:
    case choice:
      break;
  }
  return std::nullopt;
}

// A number of `key`'s type as a person would write it.
std::string readable(const ConfigKey& key, std::int64_t value) {
  if (key.type == bytes && value % (1 << 20) == 0) return std::to_string(value >> 20) + "MiB";
  if (key.type == duration)
    return value % 1'000 == 0 ? std::to_string(value / 1'000) + "s" : std::to_string(value) + "ms";
  return std::to_string(value);
}

bool is_choice(const ConfigKey& key, std::string_view given) {
  for (auto rest = key.choices; !rest.empty();) {
    const auto end = std::min(rest.find('|'), rest.size());
    if (rest.substr(0, end) == given) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

// What is wrong with the value, to stand after "must be"; empty: nothing.
std::string expected(const ConfigKey& key, std::string_view given) {
  if (key.type == text) return "";
  if (key.type == choice) return is_choice(key, given) ? "" : "one of " + std::string(key.choices);
  const auto number = parse(key, given);
  if (number && *number >= key.minimum && (key.maximum == 0 || *number <= key.maximum)) return "";
  std::string what = key.type == integer ? "a whole number"
                     : key.type == bytes ? "a size like 512MiB"
                                         : "a time like 30s or 5m";
  what += key.maximum == 0 ? " of at least " + readable(key, key.minimum)
                           : " from " + readable(key, key.minimum) + " to " + readable(key, key.maximum);
  return what;
}

std::string meant_key(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& key : keys) names.push_back(key.name());
  for (const auto& option : all_options()) names.push_back(std::string(option.stage) + "." + std::string(option.name));
  const std::vector<std::string_view> views(names.begin(), names.end());
  if (auto guess = meant(name, views); !guess.empty()) return guess;
  // The right key in the wrong section, or without one.
  const auto last = name.substr(name.rfind('.') + 1);
  for (const auto& key : keys) {
    if (key.key == last) return "; did you mean '" + key.name() + "'?";
  }
  return "; `docmill config` shows all keys";
}

}  // namespace

std::string ConfigKey::name() const { return std::string(section) + "." + std::string(key); }

std::string environment_name(std::string_view section, std::string_view key) {
  std::string result = "DOCMILL_" + std::string(section) + "_" + std::string(key);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

std::string ConfigKey::flag_name() const {
  std::string result = "--" + std::string(section) + "-" + std::string(key);
  std::replace(result.begin(), result.end(), '_', '-');
  return result;
}

std::span<const ConfigKey> config_keys() { return keys; }

std::string without_secrets(std::string_view value) {
  const auto scheme = value.find("://");
  if (scheme == std::string_view::npos) return value.empty() ? "" : "***";
  const auto begin = scheme + 3;
  const auto authority = value.substr(begin, value.find('/', begin) - begin);
  const auto at = authority.rfind('@');
  const auto colon = authority.find(':');
  if (at == std::string_view::npos || colon > at) return std::string(value);
  return std::string(value.substr(0, begin + colon + 1)) + "***" + std::string(value.substr(begin + at));
}

Config::Config() {
  for (const auto& key : keys) {
    Value value;
    value.text = key.default_value;
    values_.push_back(std::move(value));
  }
}

Status Config::set(std::string_view name, std::string_view given, ConfigSource source, const std::string& origin) {
  const auto place = find(name);
  if (!place) {
    return fail(ErrorCode::invalid_option,
                origin + ": there is no configuration key '" + std::string(name) + "'" + meant_key(name));
  }
  if (const auto wanted = expected(keys[*place], given); !wanted.empty()) {
    return fail(ErrorCode::invalid_option,
                origin + ": '" + std::string(name) + "' must be " + wanted + ", not '" + std::string(given) + "'");
  }
  Value& value = values_[*place];
  if (source >= value.source) {
    value.text = given;
    value.source = source;
    value.origin = origin;
  }
  return {};
}

Status Config::check() const {
  const auto most = integer("workers.max");
  if (most != 0 && integer("workers.min") > most) {
    return fail(ErrorCode::invalid_option, "workers.min (" + text("workers.min") + ", " + value("workers.min").origin +
                                               ") is more than workers.max (" + text("workers.max") + ", " +
                                               value("workers.max").origin + ")");
  }
  if (duration("lease.heartbeat") * 3 > duration("lease.time")) {
    return fail(ErrorCode::invalid_option, "lease.heartbeat (" + text("lease.heartbeat") +
                                               ") must be at most a third of lease.time (" + text("lease.time") + ")");
  }
  return {};
}

const Config::Value& Config::value(std::string_view name) const {
  const auto place = find(name);
  DOCMILL_ASSERT(place.has_value());
  return values_[*place];
}

std::int64_t Config::integer(std::string_view name) const {
  const auto place = find(name);
  DOCMILL_ASSERT(place.has_value());
  const auto number = parse(keys[*place], values_[*place].text);
  DOCMILL_ASSERT(number.has_value());  // set() lets no other pass
  return *number;
}

std::uint64_t Config::bytes(std::string_view name) const { return static_cast<std::uint64_t>(integer(name)); }

Millis Config::duration(std::string_view name) const { return Millis(integer(name)); }

}  // namespace docmill
