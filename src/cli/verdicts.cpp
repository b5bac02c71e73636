#include "cli/verdicts.hpp"

#include <boost/json.hpp>

#include "cli/console.hpp"
#include "cli/members.hpp"
#include "node/sources.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

// What of a text could not be read.
std::string left_out(const json::object& record) {
  const auto* const parts = record.if_contains("left_out");
  if (parts == nullptr || !parts->is_array() || parts->get_array().empty()) return {};
  const auto& sentences = parts->get_array();
  const auto& first = sentences.front();
  std::string reason = "left out: " + (first.is_string() ? std::string(first.get_string()) : std::string());
  if (sentences.size() > 1) reason += " and " + count_text(sentences.size() - 1, "more part");
  return reason;
}

// The pages that failed, wholly or in part, and why the first of them did.
std::string failed_pages(const json::object& record) {
  std::string reason;
  std::uint64_t failed = 0;
  const auto count = [&](const json::value& page) {
    const auto* const error = page.is_object() ? object_at(page.get_object(), "error") : nullptr;
    if (error != nullptr && ++failed == 1) reason = reason_of(*error, count_at(page.get_object(), "page"));
  };
  if (const auto* pages = record.if_contains("pages"); pages != nullptr && pages->is_array()) {
    for (const auto& page : pages->get_array()) count(page);
  } else if (const auto* manifest = object_at(record, "manifest")) {
    if (const auto* first = manifest->if_contains("first_failed")) count(*first);
    failed = count_at(*manifest, "errors");
  }
  if (failed < 2) return reason;
  return reason + " and " + count_text(failed - 1, "more page");
}

}  // namespace

std::string reason_of(const json::object& trouble, std::uint64_t page) {
  auto reason = std::string(text_at(trouble, "code")) + ": " + std::string(text_at(trouble, "message"));
  return page > 0 ? reason + " (page " + std::to_string(page) + ")" : reason;
}

Verdict done_verdict(const ResultRow& row) {
  Verdict verdict;
  boost::system::error_code error;
  auto record = json::parse(row.result, error);
  if (!error && record.is_object()) verdict.record = std::move(record.get_object());
  verdict.document = plain_path(text_at(verdict.record, "document"));
  if (row.outcome == Outcome::partial) {
    verdict.reason = failed_pages(verdict.record);
    if (verdict.reason.empty()) verdict.reason = left_out(verdict.record);
  }
  return verdict;
}

Verdict failed_verdict(const TaskInfo& task) {
  const Error& error = task.error;
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
