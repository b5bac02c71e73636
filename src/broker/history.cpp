#include "broker/history.hpp"

#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "broker/history_lines.hpp"
#include "core/sha256.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

constexpr std::array asks{std::pair{Ask::create, "create"}, std::pair{Ask::add_documents, "add_documents"},
                          std::pair{Ask::seal, "seal"},     std::pair{Ask::exchange, "exchange"},
                          std::pair{Ask::renew, "renew"},   std::pair{Ask::status, "status"},
                          std::pair{Ask::cancel, "cancel"}, std::pair{Ask::pause, "pause"},
                          std::pair{Ask::resume, "resume"}, std::pair{Ask::retry_failed, "retry_failed"},
                          std::pair{Ask::remove, "remove"}};

// Every line begins with this, and in no line does it stand again: within strings JSON escapes the quotes.
constexpr std::string_view line_head = R"({"at":)";

constexpr std::size_t digest_length = 32;  // half of a SHA-256 is enough to tell results apart

std::uint64_t number_of(const json::object& line, std::string_view member) {
  const auto* value = line.if_contains(member);
  return value == nullptr ? 0 : value->to_number<std::uint64_t>();
}
int small_number_of(const json::object& line, std::string_view member) {
  return static_cast<int>(number_of(line, member));
}
std::string text_of(const json::object& line, std::string_view member) {
  const auto* value = line.if_contains(member);
  return value == nullptr ? std::string() : std::string(value->as_string());
}
json::array array_of(const json::object& line, std::string_view member) {
  const auto* value = line.if_contains(member);
  return value == nullptr ? json::array() : value->as_array();
}

template <class Enum>
Enum enum_of(std::string_view name, std::initializer_list<Enum> all) {
  using history::to_string;
  for (const Enum value : all) {
    if (to_string(value) == name) return value;
  }
  throw std::invalid_argument(std::string(name));
}

TaskRef ref_of(const json::object& object) {
  return TaskRef{number_of(object, "index"), small_number_of(object, "part")};
}

RecordedCompletion completion_of(const json::object& object) {
  RecordedCompletion completion;
  completion.token.value = number_of(object, "token");
  completion.ref = ref_of(object);
  using enum Completion::Kind;
  completion.kind = enum_of(text_of(object, "kind"), {done, failed, split, released});
  completion.outcome = text_of(object, "outcome") == to_string(Outcome::partial) ? Outcome::partial : Outcome::ok;
  completion.digest = text_of(object, "digest");
  completion.pages = number_of(object, "pages");
  return completion;
}

RecordedLease lease_of(const json::object& object) {
  RecordedLease lease;
  lease.token.value = number_of(object, "token");
  lease.job.value = text_of(object, "job");
  for (const auto& value : array_of(object, "tasks")) {
    const auto& task = value.as_object();
    using enum TaskKind;
    lease.tasks.push_back({ref_of(task), enum_of(text_of(task, "kind"), {document, part, merge}),
                           small_number_of(task, "attempt"), small_number_of(task, "deliveries")});
  }
  return lease;
}

void take_request(RecordedCall& call, const json::object& line) {
  call.id = RequestId{text_of(line, "client"), number_of(line, "sequence")};
  call.job.value = text_of(line, "job");
  call.key = text_of(line, "key");
  call.body = text_of(line, "body");
  call.retry.max_attempts = small_number_of(line, "max_attempts");
  call.retry.max_deliveries = small_number_of(line, "max_deliveries");
  call.result_ttl = Millis(number_of(line, "result_ttl"));
  call.first = number_of(line, "first");
  call.number = number_of(line, "number");
  call.names = text_of(line, "names");
  for (const auto& completion : array_of(line, "completions")) {
    call.completions.push_back(completion_of(completion.as_object()));
  }
}

void take_reply(RecordedCall& call, const json::object& line) {
  if (call.ask == Ask::create) call.job.value = text_of(line, "job");
  if (call.ask == Ask::retry_failed) call.number = number_of(line, "number");
  for (const auto& position : array_of(line, "stale")) call.stale.push_back(position.to_number<std::size_t>());
  for (const auto& lease : array_of(line, "leases")) call.leases.push_back(lease_of(lease.as_object()));
  for (const auto& token : array_of(line, "lost")) call.lost.push_back(Token{token.to_number<std::uint64_t>()});
  call.counters = {number_of(line, "waiting"), number_of(line, "leased"), number_of(line, "retrying"),
                   number_of(line, "done"),    number_of(line, "failed"), number_of(line, "cancelled")};
}

// Reads one file into a History.
class Reader {
 public:
  Reader(std::string file, History& history) : file_(std::move(file)), history_(history) {}

  Status read() {
    std::ifstream stream(file_, std::ios::binary);
    if (!stream) {
      const auto code = errno == EACCES ? ErrorCode::access_denied : ErrorCode::not_found;
      return fail(code, "cannot read " + file_ + ": " + std::generic_category().message(errno));
    }
    for (std::string text; std::getline(stream, text);) {
      ++line_;
      if (text.empty()) continue;
      // What a process that died left unfinished stands before the line of another.
      const auto head = text.rfind(line_head);
      if (head != 0) history_.torn.push_back({file_, line_});
      if (head != std::string::npos) take_text(std::string_view(text).substr(head));
    }
    if (stream.bad()) return fail(ErrorCode::unreadable, "cannot read " + file_);
    if (line_ > 0 && !any_) return fail(ErrorCode::unreadable, file_ + " is no history of docmill");
    return {};
  }

  std::string place() const { return file_ + ":" + std::to_string(line_); }

 private:
  void take_text(std::string_view text) {
    boost::system::error_code failed;
    const auto value = json::parse(text, failed);
    if (failed || !value.is_object()) {
      history_.torn.push_back({file_, line_});
      return;
    }
    any_ = true;
    take(value.get_object());
  }

  void take(const json::object& line) {
    const auto process = process_of(text_of(line, "process"));
    const std::chrono::nanoseconds tick(line.at("tick").to_number<std::int64_t>());
    if (const auto* opened = line.if_contains("opened")) {
      auto& entry = history_.processes[process];
      entry.clock = text_of(opened->as_object(), "clock");
      entry.host = text_of(opened->as_object(), "host");
      entry.pid = small_number_of(opened->as_object(), "pid");
      return;
    }
    const std::pair key(process, number_of(line, "call"));
    if (const auto* ask = line.if_contains("ask")) {
      RecordedCall call;
      call.ask = ask_of(ask->as_string());
      call.process = process;
      call.asked_at = {file_, line_};
      call.asked = tick;
      take_request(call, line);
      open_[key] = history_.calls.size();
      history_.calls.push_back(std::move(call));
      return;
    }
    const auto asked = open_.find(key);
    if (asked == open_.end()) return;  // its call stood in a line that is torn
    auto& call = history_.calls[asked->second];
    open_.erase(asked);
    const auto answer = text_of(line, "answer");
    call.answer = answer == "yes"       ? RecordedCall::Answer::yes
                  : answer == "refused" ? RecordedCall::Answer::refused
                                        : RecordedCall::Answer::lost;
    call.answered_at = {file_, line_};
    call.answered = tick;
    if (call.answer == RecordedCall::Answer::yes) take_reply(call, line);
  }

  std::size_t process_of(const std::string& name) {
    const auto [entry, is_new] = processes_.try_emplace(name, history_.processes.size());
    // Its clock is unknown until its first line comes, and comparable to none but its own.
    if (is_new) history_.processes.push_back({name, name, "", 0});
    return entry->second;
  }

  static Ask ask_of(std::string_view name) {
    for (const auto& [ask, text] : asks) {
      if (name == text) return ask;
    }
    throw std::invalid_argument(std::string(name));
  }

  const std::string file_;
  History& history_;
  std::size_t line_ = 0;
  bool any_ = false;
  std::map<std::string, std::size_t> processes_;
  std::map<std::pair<std::size_t, std::uint64_t>, std::size_t> open_;  // calls without an answer yet
};

}  // namespace

std::string_view to_string(Ask ask) {
  for (const auto& [value, name] : asks) {
    if (value == ask) return name;
  }
  return "";
}

Status read_history(const std::string& file, History& history) {
  Reader reader(file, history);
  try {
    return reader.read();
  } catch (const std::exception& error) {  // JSON of another shape
    return fail(ErrorCode::unreadable, reader.place() + " is no line of a history: " + error.what());
  }
}

std::string digest_of(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.hexadecimal().substr(0, digest_length);
}

std::string digest_of(std::span<const std::string> names) {
  Sha256 digest;
  for (const auto& name : names) digest.add(name);
  return digest.hexadecimal().substr(0, digest_length);
}

}  // namespace docmill
