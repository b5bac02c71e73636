// The jobs and the queue's one row, read at first use and written back by flush(). A view of one transaction.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/sqlite/database.hpp"
#include "broker/sqlite/records.hpp"
#include "runtime/clock.hpp"

namespace docmill::sqlite {

// What a transaction changed that others may wait for.
struct Changes {
  bool work_arrived = false;  // a job has become servable
  std::vector<JobId> jobs;    // whose version has grown, or which are gone

  bool empty() const { return !work_arrived && jobs.empty(); }
};

class JobTable {
 public:
  JobTable(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Forgets what was read: a new transaction begins.
  void begin();

  QueueRow& queue();
  // References stay good until begin().
  JobRow* find(const JobId& id);          // null: there is none, or it is removed
  JobRow* find_removed(const JobId& id);  // null: there is none that waits to be cleared away
  JobRow& at(std::uint64_t number);       // one that must be there
  JobRow* with_key(const std::string& idempotency_key);
  JobRow& create(JobRow row, const JobSpec& spec);
  // The youngest below `before`, at most `limit`, without the removed ones.
  std::vector<std::uint64_t> youngest(std::uint64_t before, int limit);

  std::shared_ptr<const JobSpec> spec(const JobRow& job);

  // Takes the job out of everybody's sight; its rows are cleared away later.
  void hide(JobRow& job);
  // Takes the rows of a hidden job that has nothing else left.
  void erase(std::uint64_t number);

  // Writes what has changed, after bringing what follows from it up to date: the finishing time, the version, the
  // virtual time of a job that became servable, the queue's sums.
  void flush();
  // Forgets what was read: a transaction that may have written it was undone, and its numbers will be given again.
  void forget() { specs_.clear(); }
  Changes take_changes() { return std::move(changes_); }

 private:
  struct Entry {
    JobRow row;
    JobRow saved;
  };

  JobRow* found(Query query);
  void settle(Entry& entry);
  void add_to_sums(const JobRow& before, const JobRow& after);
  void write(const JobRow& row);

  Database& database_;
  const Clock& clock_;
  std::optional<QueueRow> queue_;
  QueueRow saved_queue_;
  std::map<std::uint64_t, Entry> jobs_;
  std::map<std::uint64_t, std::shared_ptr<const JobSpec>> specs_;  // outlive transactions: what is committed stays
  Changes changes_;
};

// What users see of the state of a job.
JobState state_of(const JobRow& job);

}  // namespace docmill::sqlite
