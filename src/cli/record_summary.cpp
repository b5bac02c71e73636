#include "cli/record_summary.hpp"

#include <algorithm>

#include "cli/session.hpp"
#include "core/options.hpp"

namespace docmill::cli {

constexpr int rows_a_page = 1'000;

boost::json::object counts_json(const Counts& counts) {
  boost::json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
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
