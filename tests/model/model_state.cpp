#include "tests/model/model_state.hpp"

#include <algorithm>
#include <utility>

#include "broker/rules.hpp"

namespace docmill::test {
namespace {

std::uint64_t count_parts(const Document& document, TaskState state) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(document.parts, [&](const Part& part) { return part.state == state; }));
}

}  // namespace

TaskState ModelJob::state_of(const Document& document) const {
  TaskState state = document.state;
  if (document.in_parts() && state != TaskState::failed) {
    state = rules::split_state(count_parts(document, TaskState::waiting), count_parts(document, TaskState::leased),
                               count_parts(document, TaskState::retrying));
  }
  const bool ended = state == TaskState::done || state == TaskState::failed;
  return cancelled && !ended ? TaskState::cancelled : state;
}

Counters ModelJob::count() const {
  Counters counters;
  for (const Document& document : documents) ++rules::counter(counters, state_of(document));
  return counters;
}

bool ModelJob::has_waiting() const { return !runs.empty() || cursor < documents.size() || !waiting_singles().empty(); }

std::vector<TaskRef> ModelJob::waiting_singles() const {
  std::vector<TaskRef> singles;
  for (std::uint64_t index = 0; index < cursor; ++index) {
    const Document& document = documents[index];
    if (document.in_parts()) {
      for (std::size_t part = 0; part < document.parts.size(); ++part) {
        if (document.parts[part].state == TaskState::waiting) singles.push_back({index, static_cast<int>(part) + 1});
      }
    } else if (document.state == TaskState::waiting && document.place == Document::Place::single) {
      singles.push_back({index, 0});
    }
  }
  return singles;
}

const Work& ModelJob::work(TaskRef ref) const {
  const Document& document = documents.at(ref.index);
  if (ref.part == 0) return document;
  return document.parts.at(static_cast<std::size_t>(ref.part) - 1);
}

Work& ModelJob::work(TaskRef ref) { return const_cast<Work&>(std::as_const(*this).work(ref)); }

JobStatus ModelJob::status() const {
  JobStatus status;
  status.id = id;
  status.spec = *spec;
  status.counters = count();
  status.state = rules::job_state({.sealed = sealed, .paused = paused, .cancelled = cancelled}, status.counters);
  status.partial = partial;
  status.pages = pages;
  status.created_at = created_at;
  status.finished_at = finished_at;
  status.version = version;
  return status;
}

TaskInfo ModelJob::describe_document(std::uint64_t index) const {
  const Document& document = documents[index];
  TaskInfo info;
  info.index = index;
  info.document = document.name;
  info.state = state_of(document);
  if (info.state == TaskState::done) return info;
  info.attempts = document.attempts;
  info.deliveries = document.deliveries;
  info.error = document.error;
  info.parts = static_cast<int>(document.parts.size());
  info.parts_final =
      static_cast<int>(count_parts(document, TaskState::done) + count_parts(document, TaskState::failed));
  return info;
}

LeasedTask ModelJob::describe_task(TaskRef ref) const {
  const Document& document = documents[ref.index];
  const Work& task = work(ref);
  LeasedTask leased;
  leased.ref = ref;
  leased.document = document.name;
  leased.attempt = task.attempts + 1;
  leased.deliveries = task.deliveries;
  leased.part_count = static_cast<int>(document.parts.size());
  if (ref.part > 0) {
    leased.kind = TaskKind::part;
    leased.pages = document.parts[static_cast<std::size_t>(ref.part) - 1].pages;
  } else if (document.merging) {
    leased.kind = TaskKind::merge;
    for (const Part& part : document.parts) {
      leased.part_ranges.push_back(part.pages);
      leased.part_results.push_back(part.result);
      leased.part_errors.push_back(part.state == TaskState::failed ? part.error : Error());
    }
  }
  return leased;
}

}  // namespace docmill::test
