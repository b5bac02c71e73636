// The tables of tasks, leases, hedges, runs and parts' results: plain access, no rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/sqlite/database.hpp"
#include "broker/sqlite/records.hpp"

namespace docmill::sqlite {

// What users see of a document with a row, in a job that is not cancelled.
TaskState visible_state(const TaskRow& document);

class TaskTable {
 public:
  explicit TaskTable(Database& database) : database_(database) {}

  // -- tasks
  std::optional<TaskRow> find(std::uint64_t job, TaskRef ref);
  TaskRow at(std::uint64_t job, TaskRef ref);  // one that must be there
  void put(const TaskRow& task);
  void erase(std::uint64_t job, TaskRef ref);
  void erase_parts(std::uint64_t job, std::uint64_t document);  // with their results
  std::vector<TaskRow> parts(std::uint64_t job, std::uint64_t document);
  std::vector<TaskRow> waiting(std::uint64_t job, std::uint64_t limit);
  std::vector<TaskRow> failed_documents(std::uint64_t job, int limit);
  // Documents with a row, from `first` on and before `end`.
  std::vector<TaskRow> documents(std::uint64_t job, std::uint64_t first, std::uint64_t end);
  std::vector<TaskRow> due(TimePoint now, int limit);
  // The one that is due last of all.
  std::optional<TaskRow> due_last();

  // -- results of parts
  void put_part_result(std::uint64_t job, TaskRef ref, std::string_view result);
  std::string part_result(std::uint64_t job, TaskRef ref);

  // -- runs
  void put_run(std::uint64_t job, const RunRow& run);
  void erase_run(std::uint64_t job, std::uint64_t first);
  std::optional<RunRow> first_run(std::uint64_t job);
  std::vector<RunRow> runs(std::uint64_t job, std::uint64_t first, std::uint64_t end);  // that begin there

  // -- leases
  std::optional<LeaseRow> lease(Token token);
  void insert(const LeaseRow& lease);
  void update(const LeaseRow& lease);  // what it still holds, and when it expires
  void erase(Token token);
  std::vector<LeaseRow> expired(TimePoint now, int limit);
  // The one that expires last of all.
  std::optional<LeaseRow> expires_last();
  std::vector<LeaseRow> run_leases(std::uint64_t job, std::uint64_t first, std::uint64_t end);  // that begin there
  // The first that were granted of those that are held, in jobs that are not cancelled.
  std::vector<LeaseRow> granted_first(int limit);
  // Of a cancelled job: keeps the row for listings, but out of the way of repairs.
  void freeze(const LeaseRow& lease);
  void freeze(const TaskRow& task);

  // -- tasks that were given a second time
  std::optional<HedgeRow> hedge(std::uint64_t job, TaskRef ref);
  void put(const HedgeRow& hedge);
  void erase(const HedgeRow& hedge);

 private:
  Database& database_;
};

}  // namespace docmill::sqlite
