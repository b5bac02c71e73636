// Store: every call of a broker as a plain function within an open transaction. The rules are those of
// broker/broker.hpp. A refused call has written nothing but what it found in passing.
//
// Threads: one. Failures of the database are SystemErrors; the transaction is then to be undone.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "broker/sqlite/chunks.hpp"
#include "broker/sqlite/clients.hpp"
#include "broker/sqlite/database.hpp"
#include "broker/sqlite/job_table.hpp"
#include "broker/sqlite/task_table.hpp"
#include "runtime/clock.hpp"

namespace docmill::sqlite {

class Store {
 public:
  Store(Database& database, const Clock& clock, bool strict_scheduling)
      : database_(database),
        clock_(clock),
        strict_(strict_scheduling),
        jobs_(database, clock),
        tasks_(database),
        names_(database),
        clients_(database) {}

  // To be called when a transaction begins, after each call in it, and when it was undone.
  void begin() { jobs_.begin(); }
  void flush() { jobs_.flush(); }
  void undone() {
    jobs_.forget();
    names_.forget();
  }
  // What the transaction has changed, for those who wait for it.
  Changes take_changes() { return jobs_.take_changes(); }

  // The calls of Broker.
  Result<CreatedJob> create(const CreateJob& request);
  Status add_documents(const AddDocuments& request);
  Status seal(const JobId& id);
  Result<ExchangeReply> exchange(const Exchange& request);
  RenewReply renew(const Renew& request);
  void register_node(const NodeInfo& node);
  void unregister_node(const NodeId& node);
  std::vector<NodeInfo> nodes();
  Result<JobStatus> status(const JobId& id);
  JobPage jobs(const std::string& after, int limit);
  Result<TaskPage> tasks(const JobId& id, std::optional<TaskState> state, std::uint64_t first, int limit);
  Result<ResultPage> results(const JobId& id, std::uint64_t cursor, int limit);
  Status cancel(const JobId& id);
  Status pause(const JobId& id);
  Status resume(const JobId& id);
  Result<std::uint64_t> retry_failed(const RequestId& id, const JobId& job, int limit);
  Result<bool> remove(const JobId& id);
  BrokerStats stats();

 private:
  // store.cpp: submission, users.
  Result<CreatedJob> create_new(const JobSpec& spec);
  void cancel(JobRow& job);
  std::uint64_t retry_failed(JobRow& job, int limit);
  JobStatus describe(const JobRow& job);

  // store_listing.cpp
  void describe_runs(const JobRow& job, std::uint64_t begin, std::vector<TaskInfo>& infos);

  // store_tasks.cpp: the life of a task. `Completing` is the state of one exchange.
  struct Completing {
    std::map<Token, std::optional<LeaseRow>> leases;    // that were looked at; empty: stale
    std::map<Token, std::set<std::uint64_t>> released;  // documents of runs
    ResultWriter results;
  };
  std::vector<std::size_t> complete_all(const std::vector<Completion>& completions);
  bool complete(const Completion& completion, Completing& state);
  void apply(const Completion& completion, JobRow& job, const LeaseRow& lease, Completing& state);
  std::optional<LeaseRow> held_lease(Token token);
  void let_go(Completing& state);
  TaskRow task_of(const LeaseRow& lease, TaskRef ref);
  void finish(JobRow& job, const LeaseRow& lease, const Completion& completion, ResultWriter& results);
  void finish_document(JobRow& job, const LeaseRow& lease, const Completion& completion, ResultWriter& results);
  void fail_attempt(JobRow& job, TaskRow task, const Completion& completion);
  void split(JobRow& job, TaskRow task, const Completion& completion);
  void kill(JobRow& job, TaskRow task, const Error& error);
  void change(JobRow& job, TaskRow task, WorkState to);
  void change_part(JobRow& job, const TaskRow& part, WorkState from);
  void return_runs(JobRow& job, const std::set<std::uint64_t>& indexes, int deliveries);

  // store_hedges.cpp: tasks that are given to two.
  void hedge(const Exchange& request, std::uint64_t want, std::vector<Token>& tokens);
  bool may_hedge(const LeaseRow& lease, const Exchange& request);
  // The lease lets go of the task and ends nothing. False: no other holds it.
  bool leave_to_other(JobRow& job, Token token, TaskRef ref);
  // The task ends: no other lease holds it from now on.
  void take_from_other(Completing& state, JobRow& job, Token token, TaskRef ref);

  // store_repair.cpp: what is found in passing.
  void repair();
  void repair_clock();
  void repair_leases();
  void repair_retries();
  void repair_abandoned();
  void repair_retention();
  void expire(const LeaseRow& lease);
  // Clears away up to `budget` rows of removed jobs. True: none is left.
  bool clear_away(std::uint64_t budget);
  bool clear_away(std::uint64_t job, std::uint64_t budget);

  // store_turns.cpp: whose turn, what is leased.
  std::optional<std::uint64_t> next_turn(const std::vector<std::string>& offers);
  std::optional<std::string> next_needs(const std::optional<std::string>& last);
  std::vector<std::string> servable_needs(const std::vector<std::string>& offers);
  std::vector<Token> serve_all(const Exchange& request);
  std::uint64_t serve(JobRow& job, const Exchange& request, std::uint64_t want, std::vector<Token>& tokens);
  Token grant(JobRow& job, LeaseRow lease, const Exchange& request);
  ExchangeReply reply_from(const ExchangeAnswer& answer);
  Lease describe(const LeaseRow& lease);
  LeasedTask describe_single(const TaskRow& task);

  Database& database_;
  const Clock& clock_;
  const bool strict_;
  JobTable jobs_;
  TaskTable tasks_;
  NameTable names_;
  ClientTable clients_;
};

}  // namespace docmill::sqlite
