#include "system/redis_facts.hpp"

#include <charconv>

#include "broker/redis/library.hpp"
#include "redis/client.hpp"
#include "system/redis_options.hpp"

namespace docmill {

namespace asio = boost::asio;

namespace {

// The value of "name:value" in an answer to INFO.
std::string_view field(std::string_view info, std::string_view name) {
  for (std::size_t at = 0; at < info.size();) {
    const auto end = std::min(info.find("\r\n", at), info.size());
    const auto line = info.substr(at, end - at);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      return line.substr(name.size() + 1);
    }
    at = end + 2;
  }
  return {};
}

template <class Number>
Number number(std::string_view text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Where the code of the library says its version; see library_text().
std::optional<int> library_version_in(std::string_view code) {
  constexpr std::string_view mark = "local VERSION = ";
  const auto at = code.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return number<int>(code.substr(at + mark.size(), 12));
}

// FUNCTION LIST answers a list of libraries, each a list of names and values.
std::optional<int> find_library(const redis::ReplyView& libraries) {
  for (std::size_t i = 0; i < libraries.size(); ++i) {
    const auto fields = libraries[i];
    for (std::size_t at = 0; at + 1 < fields.size(); at += 2) {
      if (fields[at].text() == "library_code") return library_version_in(fields[at + 1].text());
    }
  }
  return std::nullopt;
}

}  // namespace

asio::awaitable<RedisFacts> ask_redis(asio::io_context& loop, const Config& config, std::string url) {
  const auto options = redis_options(config, url);
  redis::Client client(loop.get_executor(), options.url, options.client);
  RedisFacts facts;
  redis::Command ask_info({"INFO"});
  const auto info_reply = co_await client.call(std::move(ask_info));
  if (info_reply.is_error()) {
    throw SystemError(SystemError::Kind::misconfigured,
                      client.where() + " does not say what it is: " + std::string(info_reply.error()));
  }
  const auto info = info_reply.text();
  facts.version = field(info, "redis_version");
  facts.major = number<int>(facts.version);
  facts.append_only = field(info, "aof_enabled") == "1";
  facts.memory_limit = number<std::uint64_t>(field(info, "maxmemory"));
  facts.memory_policy = field(info, "maxmemory_policy");
  redis::Command ask_save({"CONFIG", "GET", "save"});  // servers of a provider may not tell
  const auto save = co_await client.call(std::move(ask_save));
  if (save.is_array() && save.size() == 2) facts.snapshots = save[1].text();
  redis::Command ask_library({"FUNCTION", "LIST", "LIBRARYNAME", "docmill", "WITHCODE"});
  const auto libraries = co_await client.call(std::move(ask_library));
  if (libraries.is_array()) facts.library = find_library(libraries);
  facts.our_library = redis::library_version;
  co_return facts;
}

}  // namespace docmill
