#include "cli/summary.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

#include "cli/console.hpp"
#include "cli/session.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t troubles_shown = 20;
constexpr int rows_a_page = 1'000;

json::array trouble_records(const RunSummary& summary) {
  json::array records;
  for (const auto& trouble : summary.troubles) {
    records.push_back(json::object{{"document", trouble.record.at("document")},
                                   {"outcome", trouble.record.at("outcome")},
                                   {"reason", printable(trouble.reason)}});
  }
  return records;
}

void show_event(const RunSummary& summary) {
  json::array problems;
  for (const auto& problem : summary.problems) {
    problems.push_back(json::object{{"path", json_name(problem.path)}, {"error", error_json(problem.error)}});
  }
  json::object event{{"event", "summary"},
                     {"job", summary.job},
                     {"documents", summary.documents},
                     {"done", summary.done},
                     {"done_already", summary.done_before},
                     {"failed", summary.failed},
                     {"partial", summary.partial},
                     {"invalid_already", summary.invalid_before},
                     {"left", summary.left},
                     {"pages", summary.pages},
                     {"remembered", summary.remembered},
                     {"seconds", std::round(summary.seconds * 1000) / 1000},
                     {"troubles", trouble_records(summary)},
                     {"problems", std::move(problems)}};
  if (summary.texts) event["texts"] = summary.texts->json();
  if (summary.pdfa) event["pdfa"] = summary.pdfa->json();
  if (summary.validation) event["validation"] = summary.validation->json();
  print_line(std::move(event));
}

std::string troubles_text(const RunSummary& summary) {
  std::string text;
  for (const auto& problem : summary.problems) {
    text += "  " + printable(problem.path) + ": " + std::string(to_string(problem.error.code)) + ": " +
            printable(problem.error.message) + "\n";
  }
  for (const auto& trouble : summary.troubles) {
    text += "  " + printable(trouble.document) + ": " + printable(trouble.reason) + "\n";
  }
  const auto all = summary.failed + summary.partial;
  if (all > summary.troubles.size() && !summary.job.empty()) {
    text += "  and " + number_text(all - summary.troubles.size()) + " more: docmill results " + summary.job +
            summary.queue_flags + " --failed\n";
  }
  return text;
}

std::string figures_text(const RunSummary& summary) {
  if (summary.job.empty()) {
    auto text = "nothing to do: " + count_text(summary.documents, "document") +
                (summary.documents == 1 ? " is" : " are") + " done already";
    if (summary.invalid_before > 0) {
      text += ", " + number_text(summary.invalid_before) + " of them invalid (docmill results JOB" +
              summary.queue_flags + " --verdicts names them)";
    }
    return text + "\n";
  }
  std::string text = count_text(summary.done, "document") + " done";
  if (summary.done_before > 0) text += " (" + number_text(summary.done_before) + " of them already)";
  if (summary.partial > 0) text += ", " + number_text(summary.partial) + " of them only partly";
  if (summary.failed > 0) text += ", " + number_text(summary.failed) + " failed";
  if (summary.left > 0) {
    text +=
        ", " + number_text(summary.left) + (summary.cancelled ? " cancelled" : " left; the same command goes on there");
  }
  text += "; " + count_text(summary.pages, "page") + " in " + duration_text(summary.seconds);
  if (summary.pages > 0 && summary.seconds > 0) {
    char rate[48];
    std::snprintf(rate, sizeof rate, ", %.1f pages/s", static_cast<double>(summary.pages) / summary.seconds);
    text += rate;
  }
  if (summary.remembered > 0) text += "; " + number_text(summary.remembered) + " of them recognised before";
  return text + "\n";
}

}  // namespace

int RunSummary::exit_status() const {
  const bool has_invalid = invalid_before > 0 || (validation && validation->invalid() > 0);
  const bool has_plain = pdfa && pdfa->plain() > 0;
  return failed > 0 || partial > 0 || left > 0 || has_invalid || has_plain || !problems.empty() ? with_failures
                                                                                                : all_done;
}

awaitable<void> collect_troubles(Broker& broker, JobStatus job, RunSummary& summary) {
  for (std::uint64_t first = 0; job.counters.failed > 0 && first < job.counters.total();) {
    auto page_answer = co_await broker.tasks(job.id, TaskState::failed, first, rows_a_page);
    const auto page = or_stop(std::move(page_answer));
    for (const auto& task : page.tasks) {
      if (summary.troubles.size() == troubles_shown) co_return;
      summary.troubles.push_back(failed_verdict(task));
    }
    if (page.next <= first) break;
    first = page.next;
  }
  for (std::uint64_t cursor = 0; job.partial > 0;) {
    auto page_answer = co_await broker.results(job.id, cursor, rows_a_page);
    const auto page = or_stop(std::move(page_answer));
    if (page.rows.empty()) break;
    cursor = page.next;
    for (const auto& row : page.rows) {
      if (row.outcome != Outcome::partial) continue;
      if (summary.troubles.size() == troubles_shown) co_return;
      summary.troubles.push_back(done_verdict(row));
    }
  }
}

void show_summary(const RunSummary& summary, ProgressStyle style) {
  if (style == ProgressStyle::json) return show_event(summary);
  const auto troubles = troubles_text(summary);
  if (style != ProgressStyle::quiet) {
    print(figures_text(summary) + troubles + (summary.pdfa ? summary.pdfa->text() : "") +
          (summary.validation ? summary.validation->text() : "") + (summary.texts ? summary.texts->text() : ""));
  } else if (!troubles.empty()) {
    std::fwrite(troubles.data(), 1, troubles.size(), stderr);
  }
}

}  // namespace docmill::cli
