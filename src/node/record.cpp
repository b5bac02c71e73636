#include "node/record.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <ctime>

#include "core/json_text.hpp"
#include "core/options.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

// Fields that are the node's to say, whatever a worker sends.
constexpr std::array reserved{std::string_view{"schema"},     std::string_view{"document"},
                              std::string_view{"outcome"},    std::string_view{"error"},
                              std::string_view{"pipeline"},   std::string_view{"options"},
                              std::string_view{"artifacts"},  std::string_view{"source"},
                              std::string_view{"statistics"}, std::string_view{"pages"}};

std::string quoted(std::string_view text) { return json::serialize(json::value(json::string_view(text))); }

std::string error_json(const Error& error) {
  json::object object{{"code", json::string_view(to_string(error.code))}, {"message", document_as_text(error.message)}};
  if (error.page > 0) object["page"] = error.page;
  return json::serialize(object);
}

// The job's options without its secrets.
std::string shown_options(const std::string& options) {
  if (options.find("\"password\"") == std::string::npos) return options.empty() ? "{}" : options;  // nearly always
  boost::system::error_code error;
  auto value = json::parse(options, error);
  if (error || !value.is_object()) return "{}";
  return json_text(without_secrets(std::move(value.get_object())));
}

std::string artifacts_json(const std::vector<RecordFacts::Artifact>& artifacts) {
  json::array array;
  for (const auto& artifact : artifacts) array.push_back({{"name", artifact.name}, {"bytes", artifact.bytes}});
  return json::serialize(array);
}

struct Statistics {
  double seconds = 0;
  double cpu_seconds = 0;
  std::uint64_t peak_memory = 0;
};

double number_at(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0.0;
}

// What the parts of a merge took.
Statistics statistics_of_parts(const LeasedTask& task) {
  Statistics sum;
  for (const auto& result : task.part_results) {
    boost::system::error_code error;
    const auto record = json::parse(result, error);
    if (error || !record.is_object()) continue;
    const auto* const statistics = record.get_object().if_contains("statistics");
    if (statistics == nullptr || !statistics->is_object()) continue;
    sum.seconds += number_at(statistics->get_object(), "seconds");
    sum.cpu_seconds += number_at(statistics->get_object(), "cpu_seconds");
    sum.peak_memory =
        std::max(sum.peak_memory, static_cast<std::uint64_t>(number_at(statistics->get_object(), "peak_memory_bytes")));
  }
  return sum;
}

// A worker may claim anything, but the record has room for so many digits.
double plausible_seconds(double claimed) { return claimed >= 0 && claimed <= 1e9 ? claimed : 0; }

std::string statistics_json(const RecordFacts& facts) {
  Statistics sum;
  if (facts.task.kind == TaskKind::merge) sum = statistics_of_parts(facts.task);
  std::array<char, 256> text;
  std::snprintf(text.data(), text.size(),
                R"({"attempts":%d,"seconds":%.3f,"cpu_seconds":%.3f,"peak_memory_bytes":%llu,"finished_at":"%s"})",
                facts.task.attempt, sum.seconds + facts.seconds, sum.cpu_seconds + plausible_seconds(facts.cpu_seconds),
                static_cast<unsigned long long>(std::max(sum.peak_memory, facts.peak_memory)),
                iso_time(facts.finished_at).c_str());
  return text.data();
}

// Appends the worker's own fields to the head, and takes the manifest out of them.
Status add_worker_fields(std::string_view worker_record, Record& record) {
  if (worker_record == "{}") return {};
  boost::system::error_code error;
  json::parse_options options;
  options.allow_invalid_utf8 = false;
  const auto value = json::parse(worker_record, error, {}, options);
  if (error || !value.is_object()) return fail(ErrorCode::internal, "the worker's record is no JSON object");
  for (const auto& field : value.get_object()) {
    if (std::find(reserved.begin(), reserved.end(), std::string_view(field.key())) == reserved.end()) {
      record.members.push_back("," + quoted(field.key()) + ":" + json_text(field.value()));
      record.head += record.members.back();
    }
  }
  if (const auto* const pages = value.get_object().if_contains("pages"); pages != nullptr && pages->is_array()) {
    record.pages = json_text(*pages);
  }
  return {};
}

// What stands for pages that are left out: how many there are of each status and with an error, and the first of these.
std::string manifest_json(const std::string& pages) {
  json::object manifest{{"artifact", "json"}};
  boost::system::error_code error;
  const auto rows = json::parse(pages, error);
  if (error || !rows.is_array()) return json_text(manifest);
  json::object counts;
  std::size_t errors = 0;
  for (const auto& row : rows.get_array()) {
    const auto* const status = row.is_object() ? row.get_object().if_contains("status") : nullptr;
    if (status == nullptr || !status->is_string()) continue;
    auto& count = counts[status->get_string()];
    count = count.is_int64() ? count.get_int64() + 1 : 1;
    if (row.get_object().contains("error") && ++errors == 1) manifest["first_failed"] = row;
  }
  manifest["pages"] = rows.get_array().size();
  manifest["by_status"] = std::move(counts);
  if (errors > 0) manifest["errors"] = errors;
  return json_text(manifest);
}

// Bytes of the UTF-8 sequence at the start of `text`; 0: it is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F)) return 0;
  if ((first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F)) return 0;
  return length;
}

}  // namespace

std::string document_as_text(std::string_view document) {
  std::string text;
  text.reserve(document.size());
  while (!document.empty()) {
    const std::size_t length = utf8_length(document);
    if (length > 0) {
      text += document.substr(0, length);
    } else {
      std::array<char, 8> escape;
      std::snprintf(escape.data(), escape.size(), "\\x%02X", static_cast<unsigned char>(document.front()));
      text += escape.data();
    }
    document.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

std::string iso_time(TimePoint time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = whole.count();
  std::tm fields{};
  ::gmtime_r(&seconds, &fields);
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", fields.tm_year + 1900,
                fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec,
                static_cast<int>((time - whole).count()));
  return text.data();
}

Result<Record> make_record(const RecordFacts& facts) {
  Record record;
  record.head = R"({"schema":"docmill.record/1","document":)" + quoted(document_as_text(facts.task.document)) +
                R"(,"outcome":")" + std::string(facts.outcome) + "\"";
  if (facts.error) record.head += ",\"error\":" + error_json(*facts.error);
  record.head += ",\"pipeline\":" + quoted(facts.spec.pipeline) + ",\"options\":" + shown_options(facts.spec.options);
  record.own_head = record.head;
  DOCMILL_CHECK(add_worker_fields(facts.worker_record, record));
  std::string rest = ",\"artifacts\":" + artifacts_json(facts.artifacts);
  if (facts.has_source) {
    rest += ",\"source\":{\"bytes\":" + std::to_string(facts.source_bytes) + ",\"modified\":\"" +
            iso_time(facts.source_modified) + "\"}";
  }
  rest += ",\"statistics\":" + statistics_json(facts);
  record.head += rest;
  record.own_head += rest;
  return record;
}

std::string Record::committed(std::size_t limit) const {
  std::string whole = head + (pages.empty() ? "" : ",\"pages\":" + pages) + "}";
  if (whole.size() <= limit) return whole;
  const std::string manifest = ",\"manifest\":" + manifest_json(pages) + "}";
  if (head.size() + manifest.size() <= limit) return head + manifest;
  std::vector<std::string_view> shortest(members.begin(), members.end());
  std::stable_sort(shortest.begin(), shortest.end(), [](auto a, auto b) { return a.size() < b.size(); });
  std::string cut = own_head;
  for (const auto member : shortest) {
    if (cut.size() + member.size() + manifest.size() > limit) break;
    cut += member;
  }
  return cut + manifest;
}

std::string Record::published(bool pages_follow) const {
  if (pages_follow) return head + "}";
  return head + (pages.empty() ? "" : ",\n\"pages\":" + pages) + "}\n";
}

}  // namespace docmill
