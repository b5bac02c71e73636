#include "protocol/protocol.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <concepts>
#include <type_traits>

namespace docmill::protocol {
namespace {

namespace json = boost::json;

// The fields of every message, listed once: the encoder and the decoder below both walk these lists.
template <class M, class T>
concept Is = std::same_as<std::remove_const_t<M>, T>;

template <class Visitor>
void fields(Visitor& visit, Is<Ready> auto& message) {
  visit("version", message.version);
}

template <class Visitor>
void fields(Visitor& visit, Is<Fork> auto& message) {
  visit("worker", message.worker);
  visit("pipeline", message.pipeline);
  visit("options", message.options);
  visit("memory_limit", message.memory_limit);
  visit("output_limit", message.output_limit);
}

template <class Visitor>
void fields(Visitor& visit, Is<Kill> auto& message) {
  visit("worker", message.worker);
}

template <class Visitor>
void fields(Visitor& visit, Is<Forked> auto& message) {
  visit("worker", message.worker);
  visit("pid", message.pid);
  visit("message", message.message);
}

template <class Visitor>
void fields(Visitor& visit, Is<Exited> auto& message) {
  visit("worker", message.worker);
  visit("status", message.status);
  visit("cpu_seconds", message.cpu_seconds);
  visit("peak_memory", message.peak_memory);
}

template <class Visitor>
void fields(Visitor& visit, Is<Limits> auto& limits) {
  visit("max_pages", limits.max_pages);
  visit("max_pixels", limits.max_pixels);
}

template <class Visitor>
void fields(Visitor& visit, Is<Error> auto& error) {
  visit("code", error.code);
  visit("message", error.message);
  visit("page", error.page);
}

template <class Visitor>
void fields(Visitor& visit, Is<Task> auto& message) {
  visit("id", message.id);
  visit("kind", message.kind);
  visit("document", message.document);
  visit("pipeline", message.pipeline);
  visit("options", message.options);
  visit("pages", message.pages);
  visit("part_pages", message.part_pages);
  visit("part_ranges", message.part_ranges);
  visit("part_errors", message.part_errors);
  visit("lost_pages", message.lost_pages);
  visit("part_trees", message.part_trees);
  visit("limits", message.limits);
  visit("has_input", message.has_input);
}

template <class Visitor>
void fields(Visitor& visit, Is<Progress> auto& message) {
  visit("id", message.id);
  visit("pages", message.pages);
  visit("finished", message.finished);
  visit("page", message.page);
  visit("megapixels", message.megapixels);
}

template <class Visitor>
void fields(Visitor& visit, Is<WantArtifact> auto& message) {
  visit("id", message.id);
  visit("name", message.name);
}

template <class Visitor>
void fields(Visitor& visit, Is<WantEntry> auto& message) {
  visit("id", message.id);
  visit("key", message.key);
  visit("damaged", message.damaged);
}

template <class Visitor>
void fields(Visitor& visit, Is<Entry> auto& message) {
  visit("found", message.found);
}

template <class Visitor>
void fields(Visitor& visit, Is<KeepEntry> auto& message) {
  visit("id", message.id);
  visit("key", message.key);
}

template <class Visitor>
void fields(Visitor& visit, Is<TaskResult> auto& message) {
  visit("id", message.id);
  visit("error", message.error);
  visit("retryable", message.retryable);
  visit("split", message.split);
  visit("outcome", message.outcome);
  visit("pages", message.pages);
  visit("record", message.record);
  visit("artifacts", message.artifacts);
  visit("cpu_seconds", message.cpu_seconds);
  visit("peak_memory", message.peak_memory);
}

std::string_view name_of(TaskKind kind) {
  if (kind == TaskKind::part) return "part";
  return kind == TaskKind::merge ? "merge" : "document";
}

// ---- to JSON -------------------------------------------------------------------------------------------------------

class Encoder {
 public:
  explicit Encoder(json::storage_ptr storage) : storage_(storage), object_(std::move(storage)) {}

  template <class T>
  void operator()(std::string_view name, const T& value) {
    object_.emplace(name, to_json(value));
  }

  json::object take() { return std::move(object_); }

 private:
  template <class T>
    requires std::is_arithmetic_v<T>
  json::value to_json(T value) const {
    return json::value(value, storage_);
  }
  json::value to_json(const std::string& text) const { return json::value(std::string_view(text), storage_); }
  json::value to_json(TaskKind kind) const { return json::value(name_of(kind), storage_); }
  json::value to_json(Outcome outcome) const { return json::value(to_string(outcome), storage_); }
  json::value to_json(ErrorCode code) const { return json::value(to_string(code), storage_); }
  json::value to_json(PageRange range) const { return json::value(json::array({range.first, range.last}, storage_)); }

  template <class T>
  json::value to_json(const std::vector<T>& items) const {
    json::array result(storage_);
    result.reserve(items.size());
    for (const auto& item : items) result.push_back(to_json(item));
    return json::value(std::move(result));
  }

  template <class T>
  json::value to_json(const std::optional<T>& value) const {
    return value ? to_json(*value) : json::value(nullptr, storage_);
  }

  template <class T>
    requires(std::same_as<T, Error> || std::same_as<T, Limits>)
  json::value to_json(const T& value) const {
    Encoder inner(storage_);
    fields(inner, value);
    return json::value(inner.take());
  }

  json::storage_ptr storage_;
  json::object object_;
};

// Tiny tasks pass by the ten thousand a second: their JSON is built and parsed on the stack.
using Scratch = std::array<unsigned char, 4096>;

template <class Message>
std::string encode_fields(const Message& message) {
  Scratch scratch;
  json::monotonic_resource memory(scratch.data(), scratch.size());
  Encoder encoder(&memory);
  fields(encoder, message);
  return json::serialize(encoder.take());
}

// ---- from JSON -----------------------------------------------------------------------------------------------------

class Decoder {
 public:
  explicit Decoder(const json::object& object) : object_(object) {}

  template <class T>
  void operator()(std::string_view name, T& value) {
    if (!problem_.empty()) return;
    const auto* found = object_.if_contains(name);
    if (found == nullptr) {
      problem_ = "field '" + std::string(name) + "' is missing";
    } else if (!read(*found, value)) {
      problem_ = "field '" + std::string(name) + "' has a wrong type or value";
    }
  }

  const std::string& problem() const { return problem_; }  // empty: every field fits

 private:
  static bool is(const json::value& value, std::string_view text) {
    return value.is_string() && std::string_view(value.get_string()) == text;
  }
  template <class T>
    requires std::is_arithmetic_v<T>
  static bool read(const json::value& value, T& number) {
    boost::system::error_code failed;
    number = value.to_number<T>(failed);
    return !failed;
  }
  static bool read(const json::value& value, bool& flag) {
    if (!value.is_bool()) return false;
    flag = value.get_bool();
    return true;
  }
  static bool read(const json::value& value, std::string& text) {
    if (!value.is_string()) return false;
    text.assign(value.get_string().data(), value.get_string().size());
    return true;
  }
  static bool read(const json::value& value, TaskKind& kind) {
    for (const auto candidate : {TaskKind::document, TaskKind::part, TaskKind::merge}) {
      if (is(value, name_of(candidate))) {
        kind = candidate;
        return true;
      }
    }
    return false;
  }
  static bool read(const json::value& value, Outcome& outcome) {
    for (const auto candidate : {Outcome::ok, Outcome::partial}) {
      if (is(value, to_string(candidate))) {
        outcome = candidate;
        return true;
      }
    }
    return false;
  }
  static bool read(const json::value& value, ErrorCode& code) {
    if (!value.is_string()) return false;
    const auto known = error_code_from_string(std::string_view(value.get_string()));
    if (known) code = *known;
    return known.has_value();
  }
  static bool read(const json::value& value, PageRange& range) {
    if (!value.is_array() || value.get_array().size() != 2) return false;
    const auto& ends = value.get_array();
    return read(ends[0], range.first) && read(ends[1], range.last) && range.first >= 0 && range.last >= range.first;
  }

  template <class T>
  static bool read(const json::value& value, std::vector<T>& items) {
    if (!value.is_array()) return false;
    items.resize(value.get_array().size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!read(value.get_array()[i], items[i])) return false;
    }
    return true;
  }

  template <class T>
  static bool read(const json::value& value, std::optional<T>& optional) {
    if (value.is_null()) return true;
    return read(value, optional.emplace());
  }

  template <class T>
    requires(std::same_as<T, Error> || std::same_as<T, Limits>)
  static bool read(const json::value& value, T& inner) {
    if (!value.is_object()) return false;
    Decoder decoder(value.get_object());
    fields(decoder, inner);
    return decoder.problem_.empty();
  }

  const json::object& object_;
  std::string problem_;
};

template <class Message>
constexpr std::string_view name_of_message = "?";
template <>
constexpr std::string_view name_of_message<Ready> = "ready";
template <>
constexpr std::string_view name_of_message<Fork> = "fork";
template <>
constexpr std::string_view name_of_message<Kill> = "kill";
template <>
constexpr std::string_view name_of_message<Forked> = "forked";
template <>
constexpr std::string_view name_of_message<Exited> = "exited";
template <>
constexpr std::string_view name_of_message<Task> = "task";
template <>
constexpr std::string_view name_of_message<Progress> = "progress";
template <>
constexpr std::string_view name_of_message<WantArtifact> = "want_artifact";
template <>
constexpr std::string_view name_of_message<WantEntry> = "want_entry";
template <>
constexpr std::string_view name_of_message<Entry> = "entry";
template <>
constexpr std::string_view name_of_message<KeepEntry> = "keep_entry";
template <>
constexpr std::string_view name_of_message<TaskResult> = "result";

template <class Message>
Error malformed(const std::string& problem) {
  return fail(ErrorCode::internal, "malformed message '" + std::string(name_of_message<Message>) + "': " + problem);
}

}  // namespace

std::string encode(const Ready& message) { return encode_fields(message); }
std::string encode(const Fork& message) { return encode_fields(message); }
std::string encode(const Kill& message) { return encode_fields(message); }
std::string encode(const Forked& message) { return encode_fields(message); }
std::string encode(const Exited& message) { return encode_fields(message); }
std::string encode(const Task& message) { return encode_fields(message); }
std::string encode(const Progress& message) { return encode_fields(message); }
std::string encode(const WantArtifact& message) { return encode_fields(message); }
std::string encode(const WantEntry& message) { return encode_fields(message); }
std::string encode(const Entry& message) { return encode_fields(message); }
std::string encode(const KeepEntry& message) { return encode_fields(message); }
std::string encode(const TaskResult& message) { return encode_fields(message); }

template <class Message>
Result<Message> decode(std::string_view body) {
  Scratch scratch;
  json::monotonic_resource memory(scratch.data(), scratch.size());
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // names of documents are bytes
  boost::system::error_code failed;
  const auto value = json::parse(body, failed, &memory, options);
  if (failed) return malformed<Message>(failed.message());
  if (!value.is_object()) return malformed<Message>("its body is no object");
  Message message;
  Decoder decoder(value.get_object());
  fields(decoder, message);
  if (!decoder.problem().empty()) return malformed<Message>(decoder.problem());
  return message;
}

template Result<Ready> decode<Ready>(std::string_view);
template Result<Fork> decode<Fork>(std::string_view);
template Result<Kill> decode<Kill>(std::string_view);
template Result<Forked> decode<Forked>(std::string_view);
template Result<Exited> decode<Exited>(std::string_view);
template Result<Task> decode<Task>(std::string_view);
template Result<Progress> decode<Progress>(std::string_view);
template Result<WantArtifact> decode<WantArtifact>(std::string_view);
template Result<WantEntry> decode<WantEntry>(std::string_view);
template Result<Entry> decode<Entry>(std::string_view);
template Result<KeepEntry> decode<KeepEntry>(std::string_view);
template Result<TaskResult> decode<TaskResult>(std::string_view);

std::string encode_header(const Header& header) {
  std::string bytes(header_size, '\0');
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>((header.length >> (8 * i)) & 0xFFU);
  bytes[4] = static_cast<char>(header.type);
  bytes[5] = static_cast<char>(header.descriptors);
  return bytes;
}

Header decode_header(const char* bytes) {
  Header header;
  for (std::size_t i = 0; i < 4; ++i) {
    header.length |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  header.type = static_cast<MessageType>(bytes[4]);
  header.descriptors = static_cast<std::uint8_t>(bytes[5]);
  return header;
}

Status check_header(const Header& header) {
  using enum MessageType;
  constexpr std::array known{ready, fork,     kill,          forked, exited,     task,      artifact,
                             entry, progress, want_artifact, result, want_entry, keep_entry};
  if (std::find(known.begin(), known.end(), header.type) == known.end()) {
    return fail(ErrorCode::internal, "unknown type of message " + std::to_string(static_cast<unsigned>(header.type)) +
                                         " on a worker's socket");
  }
  if (header.length > max_body) {
    return fail(ErrorCode::internal, "a message of " + std::to_string(header.length) + " bytes is over the limit of " +
                                         std::to_string(max_body));
  }
  if (header.descriptors > max_descriptors) {
    return fail(ErrorCode::internal, "a message with " + std::to_string(header.descriptors) + " descriptors");
  }
  return {};
}

bool is_valid_artifact_name(std::string_view name) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.empty() || name.size() > 64 || !alphanumeric(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_valid_entry_key(std::string_view key) {
  constexpr std::size_t digits = 64;
  return key.size() == digits && key.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace docmill::protocol
