// ModelBroker: the reference that every real broker must agree with, call by call. It follows the rules of
// broker/broker.hpp to the letter, keeps everything in plain containers, and prefers the obvious to the fast.
//
// Threads: one loop, like any Broker. Nothing survives its destruction, before which every wait must have ended.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "runtime/clock.hpp"
#include "tests/model/model_state.hpp"

namespace docmill::test {

class ModelBroker final : public Broker {
 public:
  ModelBroker(const Clock& clock, bool strict_scheduling) : clock_(clock), strict_(strict_scheduling) {}

  // The next job that is created gets this id: that of another broker, so that draws which hash it agree.
  void adopt_next_job_id(JobId id) { next_job_id_ = std::move(id); }

  // Situations that came about and that no answer tells of.
  const std::set<std::string>& met() const { return met_; }

  awaitable<Result<CreatedJob>> create(CreateJob request) override;
  awaitable<Status> add_documents(AddDocuments request) override;
  awaitable<Status> seal(JobId job) override;
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override;
  awaitable<RenewReply> renew(Renew request) override;
  awaitable<void> register_node(NodeInfo node) override;
  awaitable<void> unregister_node(NodeId node) override;
  awaitable<std::vector<NodeInfo>> nodes() override;
  awaitable<Result<JobStatus>> status(JobId job) override;
  awaitable<JobPage> jobs(std::string after, int limit) override;
  awaitable<Result<TaskPage>> tasks(JobId job, std::optional<TaskState> state, std::uint64_t first, int limit) override;
  awaitable<Result<ResultPage>> results(JobId job, std::uint64_t cursor, int limit) override;
  awaitable<Status> cancel(JobId job) override;
  awaitable<Status> pause(JobId job) override;
  awaitable<Status> resume(JobId job) override;
  awaitable<Result<std::uint64_t>> retry_failed(RequestId id, JobId job, int limit) override;
  awaitable<Result<bool>> remove(JobId job) override;
  awaitable<BrokerStats> stats() override;
  awaitable<void> wait_for_work(Millis timeout) override;
  awaitable<Result<JobStatus>> watch(JobId job, std::uint64_t version, Millis timeout) override;

 private:
  // Documents of runs that were released in the present exchange, by lease and its job.
  using Released = std::map<std::pair<Token, std::uint64_t>, std::set<std::uint64_t>>;

  ModelJob* find(const JobId& job);
  Result<CreatedJob> create_now(const JobSpec& spec);
  ExchangeAnswer exchange_now(const Exchange& request);
  Result<std::uint64_t> retry_failed_now(const JobId& job, int limit);

  // What is found in passing: expired leases, due retries, abandoned jobs, jobs past their retention.
  void repair();
  void repair_leases();
  void repair_retries();
  void repair_abandoned();
  void repair_retention();
  void expire(Token token);
  void cancel_now(ModelJob& job);

  // Completions. False: stale.
  bool complete(const Completion& completion, Released& released);
  void apply(ModelJob& job, const Completion& completion);
  // The other lease that holds the task too; none: 0.
  Token other_holder(Token token, TaskRef ref) const;
  void take_from(Token token, TaskRef ref);
  void finish(ModelJob& job, const Completion& completion);
  void split(ModelJob& job, const Completion& completion);
  void fail_attempt(ModelJob& job, const Completion& completion);
  void kill(ModelJob& job, TaskRef ref, const Error& error);
  void part_ended(ModelJob& job, std::uint64_t index);
  void return_runs(ModelJob& job, const std::set<std::uint64_t>& indexes);

  // Turns.
  std::vector<std::uint64_t> servable_for(const std::vector<std::string>& offers) const;
  void serve(std::uint64_t number, const Exchange& request, std::uint64_t& want, std::vector<Token>& tokens);
  void hedge(const Exchange& request, std::uint64_t want, std::vector<Token>& tokens);
  bool may_hedge(Token token, const Exchange& request) const;
  Token grant(std::uint64_t number, bool run, const std::set<TaskRef>& tasks, const Exchange& request);
  Lease describe(Token token) const;
  ExchangeReply reply_from(const ExchangeAnswer& answer) const;
  bool holds(Token token) const;

  // Repetition of calls: the earlier answer, a conflict, or nothing: go on.
  template <class Answer>
  std::optional<Result<Answer>> replay(const RequestId& id) const;
  void remember(const RequestId& id, ModelAnswer answer);

  // After each change: recount, date, version, virtual time of what has become servable, and wake the waiting.
  void settle();
  void settle(ModelJob& job);
  awaitable<void> wait_for_change(std::chrono::steady_clock::time_point until);

  const Clock& clock_;
  const bool strict_;
  std::optional<JobId> next_job_id_;
  std::uint64_t last_job_ = 0;  // creation number of the youngest
  std::uint64_t last_token_ = 0;
  std::uint64_t queue_time_ = 0;            // virtual time at which the last job was served
  std::map<std::uint64_t, ModelJob> jobs_;  // by creation number
  std::map<Token, ModelLease> leases_;
  std::map<std::string, ModelClient> clients_;
  std::map<NodeId, NodeInfo> nodes_;
  std::set<std::string> met_;
  std::set<boost::asio::steady_timer*> waiting_;  // of wait_for_work and watch, cancelled by settle()
};

}  // namespace docmill::test
