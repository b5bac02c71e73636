#include "cli/audit.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "broker/audit.hpp"
#include "cli/console.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "node/record.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr int page_size = 1'000;
constexpr std::size_t most_shown = 200;  // a broken queue breaks its promises of every document

awaitable<std::vector<TaskInfo>> all_tasks(Broker& broker, JobId job) {
  std::vector<TaskInfo> tasks;
  for (std::uint64_t first = 0;;) {
    auto page_answer = co_await broker.tasks(job, std::nullopt, first, page_size);
    auto page = or_stop(std::move(page_answer));
    std::move(page.tasks.begin(), page.tasks.end(), std::back_inserter(tasks));
    if (page.next <= first || page.tasks.empty()) co_return tasks;
    first = page.next;
  }
}

awaitable<std::vector<RecordedResult>> all_results(Broker& broker, JobId job) {
  std::vector<RecordedResult> results;
  for (std::uint64_t cursor = 0;;) {
    auto page_answer = co_await broker.results(job, cursor, page_size);
    const auto page = or_stop(std::move(page_answer));
    for (const auto& row : page.rows) results.push_back({row.index, row.outcome, digest_of(row.result)});
    if (page.rows.empty()) co_return results;
    cursor = page.next;
  }
}

awaitable<int> read_queue(Broker& broker, std::vector<JobInTheEnd>& jobs) {
  for (auto& listed : co_await all_jobs(broker)) {
    JobInTheEnd job;
    job.status = std::move(listed);
    job.tasks = co_await all_tasks(broker, job.status.id);
    job.results = co_await all_results(broker, job.status.id);
    jobs.push_back(std::move(job));
  }
  co_return all_done;
}

std::string place_text(const HistoryPlace& place) { return place.file + ":" + std::to_string(place.line); }

void show(const AuditFinding& finding, bool as_json) {
  const auto& info = info_of(finding.violation);
  if (as_json) {
    json::array lines;
    for (const auto& place : finding.lines) lines.emplace_back(document_as_text(place_text(place)));
    json::object object{{"level", "problem"},       {"violation", info.name}, {"promise", info.promise},
                        {"job", finding.job.value}, {"text", finding.text},   {"lines", std::move(lines)}};
    if (finding.index) object["index"] = *finding.index;
    if (!finding.document.empty()) object["document"] = document_as_text(finding.document);
    print_line(std::move(object));
    return;
  }
  std::string text = "[problem] promise " + std::to_string(info.promise) + " (" + std::string(info.name) + "): job " +
                     (finding.job.value.empty() ? "unknown" : finding.job.value);
  if (finding.index) text += ", document " + std::to_string(*finding.index);
  if (!finding.document.empty()) text += " (" + finding.document + ")";
  print(printable(text + ": " + finding.text) + "\n");
  for (const auto& place : finding.lines) print("          " + printable(place_text(place)) + "\n");
}

void show(const std::string& remark, bool as_json) {
  if (as_json) {
    print_line(json::object{{"level", "info"}, {"text", document_as_text(remark)}});
  } else {
    print("[info]    " + printable(remark) + "\n");
  }
}

void show_figures(const AuditReport& report, bool as_json) {
  const auto& figures = report.figures;
  if (as_json) {
    print_line(json::object{{"level", report.findings.empty() ? "ok" : "problem"},
                            {"findings", report.findings.size()},
                            {"processes", figures.processes},
                            {"calls", figures.calls},
                            {"unanswered", figures.unanswered},
                            {"jobs", figures.jobs},
                            {"documents", figures.documents},
                            {"leased", figures.leased},
                            {"accepted", figures.accepted},
                            {"refused", figures.refused}});
    return;
  }
  const auto verdict = report.findings.empty() ? std::string("every promise was kept")
                                               : count_text(report.findings.size(), "broken promise");
  print("audit: " + verdict + "; " + std::to_string(figures.processes) + " processes, " +
        count_text(figures.calls, "call") + " (" + std::to_string(figures.unanswered) + " unanswered), " +
        count_text(figures.jobs, "job") + ", " + count_text(figures.documents, "document") + ": " +
        std::to_string(figures.leased) + " tasks leased, completions: " + std::to_string(figures.accepted) +
        " accepted, " + std::to_string(figures.refused) + " refused\n");
}

}  // namespace

int audit_queue(Queue& queue, const AuditOrder& order) {
  std::vector<JobInTheEnd> jobs;
  queue.drive(read_queue(queue.broker(), jobs));
  History history;
  for (const auto& file : order.histories) or_stop(read_history(file, history));
  auto report = audit(history, jobs);
  std::erase_if(report.findings,
                [&](const AuditFinding& finding) { return !finding.job.value.starts_with(order.job); });
  const auto shown = std::min(report.findings.size(), most_shown);
  for (std::size_t i = 0; i < shown; ++i) show(report.findings[i], order.json);
  if (shown < report.findings.size()) {
    show(std::to_string(report.findings.size() - shown) + " more findings are not shown", order.json);
  }
  for (const auto& remark : report.remarks) show(remark, order.json);
  show_figures(report, order.json);
  return report.findings.empty() ? all_done : with_failures;
}

}  // namespace docmill::cli
