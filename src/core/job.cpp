#include "core/job.hpp"

#include <utility>

namespace docmill {
namespace {

// A table from enumerator to name, looked up both ways.
template <class Enum, std::size_t size>
using Names = std::array<std::pair<Enum, std::string_view>, size>;

constexpr Names<JobState, 5> job_states{{{JobState::cancelled, "cancelled"},
                                         {JobState::open, "open"},
                                         {JobState::finished, "finished"},
                                         {JobState::paused, "paused"},
                                         {JobState::running, "running"}}};

constexpr Names<TaskState, 6> task_states{{{TaskState::waiting, "waiting"},
                                           {TaskState::leased, "leased"},
                                           {TaskState::retrying, "retrying"},
                                           {TaskState::done, "done"},
                                           {TaskState::failed, "failed"},
                                           {TaskState::cancelled, "cancelled"}}};

template <class Enum, std::size_t size>
std::string_view name_of(const Names<Enum, size>& names, Enum value) {
  for (const auto& [enumerator, name] : names) {
    if (enumerator == value) return name;
  }
  return "?";
}

template <class Enum, std::size_t size>
std::optional<Enum> value_of(const Names<Enum, size>& names, std::string_view text) {
  for (const auto& [enumerator, name] : names) {
    if (name == text) return enumerator;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Priority priority) { return priorities.at(static_cast<std::size_t>(priority)).name; }

int weight_of(Priority priority) { return priorities.at(static_cast<std::size_t>(priority)).weight; }

std::optional<Priority> priority_from_string(std::string_view name) {
  for (const auto& row : priorities) {
    if (row.name == name) return row.priority;
  }
  return std::nullopt;
}

std::string_view to_string(JobState state) { return name_of(job_states, state); }
std::optional<JobState> job_state_from_string(std::string_view name) { return value_of(job_states, name); }

std::string_view to_string(TaskState state) { return name_of(task_states, state); }
std::optional<TaskState> task_state_from_string(std::string_view name) { return value_of(task_states, name); }

std::string_view to_string(Outcome outcome) { return outcome == Outcome::ok ? "ok" : "partial"; }

}  // namespace docmill
