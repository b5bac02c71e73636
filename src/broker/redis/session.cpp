#include "broker/redis/session.hpp"

#include <charconv>
#include <utility>

#include "broker/redis/library.hpp"

namespace docmill::redis {
namespace {

constexpr std::string_view version_error = "DOCMILL_VERSION ";
constexpr std::string_view format_error = "DOCMILL_FORMAT ";

int number_in(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool speaks_of_another_version(const Reply& reply) {
  return reply.is_error() && reply.error().starts_with(version_error);
}

}  // namespace

// ---- Answers

Answer::Answer(Reply reply) : reply_(std::move(reply)), text_(reply_.is_array() ? reply_[0].text() : reply_.text()) {}

std::vector<std::string_view> Answer::blobs() const {
  std::vector<std::string_view> blobs;
  for (std::size_t i = 1; i < reply_.size(); ++i) blobs.push_back(reply_[i].text());
  return blobs;
}

Status Answer::status() const {
  if (is_error()) return error();
  return {};
}

Error Answer::error() const {
  const std::size_t code_end = std::min(text_.find('\0'), text_.size() - 1);
  const std::string_view code = text_.substr(std::min<std::size_t>(text_.size(), 1), code_end - 1);
  return fail(error_code_from_string(code).value_or(ErrorCode::internal), std::string(text_.substr(code_end + 1)));
}

// ---- Calls

std::vector<std::string> keys_of(std::string_view name_space) {
  std::vector<std::string> keys;
  for (const std::string_view name : key_names) keys.push_back(key_prefix(name_space) + std::string(name));
  return keys;
}

Command function_call(std::string_view name, const std::vector<std::string>& keys, const std::string& time,
                      const std::vector<std::string>& arguments) {
  const std::string function = "docmill_" + std::string(name);
  const std::string key_count = std::to_string(keys.size());
  const std::string version = std::to_string(library_version);
  std::vector<std::string_view> words{"FCALL", function, key_count};
  words.insert(words.end(), keys.begin(), keys.end());
  words.push_back(version);
  words.push_back(time);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return Command(words);
}

Session::Session(const boost::asio::any_io_executor& loop, const RedisOptions& options)
    : options_(options),
      prefix_(key_prefix(options.name_space)),
      keys_(keys_of(options.name_space)),
      client_(loop, options.url, options.client) {
  client_.on_missing_function([this] { return load_library(); });
}

std::unique_ptr<Subscription> Session::subscribe(std::string channel) {
  return client_.subscribe({std::move(channel)});
}

boost::asio::awaitable<Answer> Session::call(std::string_view name, std::vector<std::string> arguments) {
  return call(name, std::move(arguments), 0);
}

boost::asio::awaitable<Answer> Session::call_safely(std::string_view name, std::vector<std::string> arguments) {
  return call(name, std::move(arguments), options_.min_replicas);
}

boost::asio::awaitable<Answer> Session::call(std::string_view name, std::vector<std::string> arguments, int replicas) {
  for (bool loaded = false;; loaded = true) {
    const std::string time = options_.clock == nullptr ? "" : std::to_string(options_.clock->now().count());
    Command sent = function_call(name, keys_, time, arguments);
    Reply reply;
    if (replicas > 0) {
      ReplicatedReply replicated = co_await client_.call(std::move(sent), replicas, options_.replica_timeout);
      reply = std::move(replicated.reply);
    } else {
      reply = co_await client_.call(std::move(sent));
    }
    if (!reply.is_error()) co_return Answer(std::move(reply));
    // Nothing was done. An older version gives way to this one, once: who is newer would put itself back at once.
    if (loaded || !speaks_of_another_version(reply)) refuse(reply.error());
    co_await load_library();
  }
}

void Session::refuse(std::string_view error) const {
  std::string message = "the Redis server " + client_.where() + " ";
  if (error.starts_with(version_error) || error.starts_with(format_error)) {
    const int theirs = number_in(error.substr(error.find(' ') + 1));
    message += "is used by " + std::string(theirs > library_version ? "a newer" : "an older") +
               " docmill (its functions or data have version " + std::to_string(theirs) + ", this one speaks version " +
               std::to_string(library_version) +
               "): let all nodes on one server run the same release, or use another server";
  } else {
    message += "could not carry out a call: " + std::string(error);
  }
  throw SystemError(SystemError::Kind::misconfigured, message);
}

// ---- The library

// Only an older one is replaced. Between the look and the loading somebody may load a newer one, which this replaces:
// its clients are refused with their next call, see that the server is older than they, and load theirs again.
boost::asio::awaitable<void> Session::load_library() {
  const std::string text = library_text();
  Command load({"FUNCTION", "LOAD", text});
  const Reply loaded = co_await client_.call(std::move(load));
  if (!loaded.is_error()) co_return;
  if (loaded.error().find("already exists") == std::string_view::npos) refuse(loaded.error());
  Command ask({"FCALL", "docmill_version", "0"});
  const Reply version = co_await client_.call(std::move(ask));
  if (version.is_error()) refuse(version.error());
  if (version.integer() == library_version) co_return;
  if (version.integer() > library_version) refuse(std::string(version_error) + std::to_string(version.integer()));
  Command replace({"FUNCTION", "LOAD", "REPLACE", text});
  const Reply replaced = co_await client_.call(std::move(replace));
  if (replaced.is_error()) refuse(replaced.error());
}

}  // namespace docmill::redis
