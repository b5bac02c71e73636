// The state of every document of a stretch, derived as schema.cpp says.
#include <algorithm>

#include "broker/sqlite/store.hpp"

namespace docmill::sqlite {
namespace {

constexpr std::uint64_t longest_run = 1'000;  // an exchange leases no more, and runs are never joined

void describe_row(const TaskRow& row, TaskInfo& info) {
  info.state = visible_state(row);
  info.attempts = row.attempts;
  info.deliveries = row.deliveries;
  info.parts = row.parts;
  info.parts_final = row.parts_final();
  info.error = row.error;
}

// Cancelling leaves the rows as they were.
void see_as_cancelled(TaskInfo& info) {
  if (info.state != TaskState::done && info.state != TaskState::failed) info.state = TaskState::cancelled;
}

}  // namespace

Result<TaskPage> Store::tasks(const JobId& id, std::optional<TaskState> state, std::uint64_t first, int limit) {
  const JobRow* job = jobs_.find(id);
  if (job == nullptr) return fail(ErrorCode::not_found, "there is no job " + id.value);
  const std::uint64_t begin = std::min(first, job->documents);
  const auto most = static_cast<std::uint64_t>(std::clamp(limit, 0, rules::most_listed));
  TaskPage page;
  page.next = std::min(job->documents, begin + most);
  std::vector<TaskInfo> infos(page.next - begin);
  for (std::uint64_t index = begin; index < page.next; ++index) {
    TaskInfo& info = infos[index - begin];
    info.index = index;
    info.state = index >= job->cursor ? TaskState::waiting : TaskState::done;
  }
  describe_runs(*job, begin, infos);
  for (const TaskRow& row : tasks_.documents(job->number, begin, page.next)) {
    describe_row(row, infos[row.ref.index - begin]);
  }
  for (TaskInfo& info : infos) {
    if (job->cancelled) see_as_cancelled(info);
    if (state && info.state != *state) continue;
    info.document = names_.name(job->number, info.index);
    page.tasks.push_back(std::move(info));
  }
  return page;
}

// Documents of returned runs wait, those that leases of runs hold are leased.
void Store::describe_runs(const JobRow& job, std::uint64_t begin, std::vector<TaskInfo>& infos) {
  const std::uint64_t end = begin + infos.size();
  const std::uint64_t earliest = begin - std::min(begin, longest_run);
  const auto mark = [&](std::uint64_t index, TaskState state, int deliveries) {
    if (index < begin || index >= end) return;
    infos[index - begin].state = state;
    infos[index - begin].deliveries = deliveries;
  };
  for (const RunRow& run : tasks_.runs(job.number, earliest, end)) {
    for (std::uint64_t i = 0; i < run.count; ++i) mark(run.first + i, TaskState::waiting, run.deliveries);
  }
  for (const LeaseRow& lease : tasks_.run_leases(job.number, earliest, end)) {
    for (std::uint64_t i = 0; i < lease.count; ++i) {
      if (!lease.finished[i]) mark(lease.first.index + i, TaskState::leased, lease.deliveries);
    }
  }
}

}  // namespace docmill::sqlite
