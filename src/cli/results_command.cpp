// docmill results JOB: what became of each document.
#include <boost/json.hpp>
#include <memory>
#include <unordered_map>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/fetch.hpp"
#include "cli/members.hpp"
#include "cli/queue.hpp"
#include "cli/session.hpp"
#include "cli/text_summary.hpp"
#include "cli/validation_summary.hpp"
#include "cli/verdicts.hpp"
#include "core/json_text.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

struct ResultFlags {
  QueueFlags queue;
  std::string job;
  std::string format = "table";
  bool failed = false;
  bool texts = false;
  bool verdicts = false;
  std::string fetch;  // a directory
  bool overwrite = false;
};

constexpr int page_size = 1'000;

std::string row_of(std::string_view outcome, const Verdict& verdict) {
  std::string row(outcome);
  row.resize(std::max<std::size_t>(row.size(), 8), ' ');
  row += " " + printable(verdict.document);
  return verdict.reason.empty() ? row + "\n" : row + "  " + printable(verdict.reason) + "\n";
}

bool show(std::string_view outcome, const Verdict& verdict, bool as_json) {
  return as_json ? print_line(verdict.record) : print(row_of(outcome, verdict));
}

// Failed documents have no result in the broker: their error stands with the task.
awaitable<bool> show_failed(Broker& broker, JobId job, bool as_json) {
  for (std::uint64_t first = 0;;) {
    auto page_answer = co_await broker.tasks(job, TaskState::failed, first, page_size);
    const auto page = or_stop(std::move(page_answer));
    for (const auto& task : page.tasks) {
      if (!show("failed", failed_verdict(task), as_json)) co_return false;
    }
    if (page.next <= first) co_return true;
    first = page.next;
  }
}

// The queue has the whole record, or only its head.
awaitable<ResultRow> whole_row(JobOutputs& outputs, JobId job, ResultRow row) {
  const auto short_record = done_verdict(row).record;
  if (!short_record.contains("manifest")) co_return row;
  ArtifactOwner owner;
  owner.job = std::move(job);
  owner.ref.index = row.index;
  owner.document = std::string(text_at(short_record, "document"));
  const auto record = co_await outputs.record(std::move(owner));
  if (record) {
    row.result = json_text(*record);
  } else {
    complain(record.error().message + "; its pages are not shown");
  }
  co_return row;
}

awaitable<int> show_results(Broker& broker, JobOutputs& outputs, ResultFlags flags) {
  const auto job = co_await find_job(broker, flags.job);
  if (!flags.fetch.empty()) {
    FetchOrder order;
    order.job = job.id;
    order.directory = flags.fetch;
    order.overwrite = flags.overwrite;
    order.json = flags.queue.json;
    co_return co_await fetch(broker, outputs, std::move(order));
  }
  const bool as_json = flags.queue.json || flags.format == "json";
  if (flags.verdicts) {
    const auto verdicts = co_await summarise<ValidationSummary>(broker, job.id);
    if (as_json) {
      print_line(verdicts.json());
    } else {
      print(verdicts.documents() == 0 ? "no document of this job has a verdict of the stage validation\n"
                                      : verdicts.text());
    }
    co_return all_done;
  }
  if (flags.texts) {
    const auto texts = co_await summarise<TextSummary>(broker, job.id);
    if (as_json) {
      print_line(texts.json());
    } else {
      print(texts.documents() == 0 ? "no document of this job has findings of the stage nlp\n" : texts.text());
    }
    co_return all_done;
  }
  for (std::uint64_t cursor = 0; !flags.failed || job.partial > 0;) {
    auto page_answer = co_await broker.results(job.id, cursor, page_size);
    const auto page = or_stop(std::move(page_answer));
    if (page.rows.empty()) break;
    cursor = page.next;
    for (const auto& row : page.rows) {
      if (flags.failed && row.outcome == Outcome::ok) continue;
      auto shown = row;
      if (as_json) shown = co_await whole_row(outputs, job.id, std::move(shown));
      if (!show(to_string(row.outcome), done_verdict(shown), as_json)) co_return all_done;
    }
  }
  co_await show_failed(broker, job.id, as_json);
  co_return all_done;
}

}  // namespace

void add_results_command(Command program, Session& session) {
  auto command = program.add_command("results", "Show what became of the documents of a job");
  const auto flags = std::make_shared<ResultFlags>();
  command.add_option("JOB", flags->job, "Id of the job, or the beginning of it").required();
  command.add_option("--format", flags->format, "table, or json: the records, one per line [table]")
      .one_of({"table", "json"});
  command.add_flag("--failed", flags->failed, "Only the failed and the partial ones");
  command.add_flag("--texts", flags->texts, "What nlp found, summed up: languages, entities, near-duplicates");
  command.add_flag("--verdicts", flags->verdicts, "What validation says, summed up: verdicts, findings, duplicates");
  command.add_option("--fetch", flags->fetch, "Copy the outputs into a directory, as run leaves them").type_name("DIR");
  command.add_flag("--overwrite", flags->overwrite, "With --fetch: replace files that are there already");
  flags->queue.add_to(command, session);
  session.add_config_flags(command, is_store_key);
  command.action([&session, flags] {
    auto queue = flags->queue.open(session);
    JobOutputs outputs(queue, session, flags->queue.output);
    session.status = queue.drive(show_results(queue.broker(), outputs, *flags));
  });
}

}  // namespace docmill::cli
