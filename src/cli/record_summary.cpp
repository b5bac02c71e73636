#include "cli/record_summary.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "cli/console.hpp"
#include "cli/session.hpp"
#include "core/options.hpp"

namespace docmill::cli {

namespace json = boost::json;

constexpr int rows_a_page = 1'000;

json::object counts_json(const Counts& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

void NamedDocuments::add(const std::string& document, std::string reason) {
  ++count_;
  if (first_.size() < most_named) first_.push_back({document, std::move(reason)});
}

json::array NamedDocuments::json() const {
  json::array documents;
  for (const auto& [document, reason] : first_) {
    documents.push_back(json::object{{"document", json_name(document)}, {"reason", printable(reason)}});
  }
  return documents;
}

std::string NamedDocuments::text() const {
  std::string text;
  for (const auto& [document, reason] : first_) text += "  " + printable(document) + ": " + printable(reason) + "\n";
  if (count_ > first_.size()) text += "  and " + std::to_string(count_ - first_.size()) + " more\n";
  return text;
}

awaitable<void> visit_done(Broker& broker, JobId job, const VisitDone& visit) {
  for (std::uint64_t cursor = 0;;) {
    auto page_answer = co_await broker.results(job, cursor, rows_a_page);
    const auto page = or_stop(std::move(page_answer));
    if (page.rows.empty()) co_return;
    cursor = page.next;
    for (const auto& row : page.rows) visit(done_verdict(row));
  }
}

bool has_stage(std::string_view pipeline, std::string_view stage) {
  const auto stages = parse_pipeline(pipeline);
  return stages && std::find(stages->begin(), stages->end(), stage) != stages->end();
}

}  // namespace docmill::cli
