#include "cli/verdicts.hpp"

#include <boost/json.hpp>

#include "cli/console.hpp"
#include "cli/inputs.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint64_t count_at(const json::value& value, std::string_view pointer) {
  boost::system::error_code error;
  const auto* found = value.find_pointer(pointer, error);
  return found != nullptr && found->is_int64() && found->get_int64() > 0
             ? static_cast<std::uint64_t>(found->get_int64())
             : 0;
}

// The pages that failed, and why the first of them did.
std::string failed_pages(const json::object& record) {
  std::string reason;
  std::uint64_t failed = 0;
  const auto count = [&](const json::value& page) {
    const auto* error = page.is_object() ? page.get_object().if_contains("error") : nullptr;
    if (error == nullptr || !error->is_object() || ++failed > 1) return;
    const auto* number = page.get_object().if_contains("page");
    reason = text_at(error->get_object(), "code") + ": " + text_at(error->get_object(), "message");
    if (number != nullptr && number->is_int64()) reason += " (page " + std::to_string(number->get_int64()) + ")";
  };
  if (const auto* pages = record.if_contains("pages"); pages != nullptr && pages->is_array()) {
    for (const auto& page : pages->get_array()) count(page);
  } else if (const auto* manifest = record.if_contains("manifest"); manifest != nullptr && manifest->is_object()) {
    if (const auto* first = manifest->get_object().if_contains("first_failed")) count(*first);
    failed = count_at(*manifest, "/by_status/failed");
  }
  if (failed < 2) return reason;
  return reason + " and " + count_text(failed - 1, "more page");
}

}  // namespace

Verdict done_verdict(const ResultRow& row) {
  Verdict verdict;
  boost::system::error_code error;
  auto record = json::parse(row.result, error);
  if (!error && record.is_object()) verdict.record = std::move(record.get_object());
  verdict.document = plain_path(text_at(verdict.record, "document"));
  if (row.outcome == Outcome::partial) verdict.reason = failed_pages(verdict.record);
  return verdict;
}

Verdict failed_verdict(const TaskInfo& task) {
  const auto error = with_plain_path(task.error, task.document);
  Verdict verdict;
  verdict.document = plain_path(task.document);
  verdict.reason = std::string(to_string(error.code)) + ": " + error.message;
  if (error.page > 0) verdict.reason += " (page " + std::to_string(error.page) + ")";
  verdict.record = {{"document", json_name(task.document)},
                    {"outcome", "failed"},
                    {"error", error_json(error)},
                    {"attempts", task.attempts}};
  return verdict;
}

}  // namespace docmill::cli
