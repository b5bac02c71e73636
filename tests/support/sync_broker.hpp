// SyncBroker: the calls of a Broker as plain blocking functions, for tests.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/broker.hpp"
#include "tests/support/run_coroutine.hpp"

namespace docmill::test {

// Does not own what it refers to. Each call runs the loop until it is answered.
class SyncBroker {
 public:
  SyncBroker(boost::asio::io_context& loop, Broker& broker) : loop_(&loop), broker_(&broker) {}

  Result<CreatedJob> create(CreateJob request) { return wait(broker_->create(std::move(request))); }
  Status add_documents(AddDocuments request) { return wait(broker_->add_documents(std::move(request))); }
  Status seal(JobId job) { return wait(broker_->seal(std::move(job))); }

  Result<ExchangeReply> exchange(Exchange request) { return wait(broker_->exchange(std::move(request))); }
  RenewReply renew(Renew request) { return wait(broker_->renew(std::move(request))); }
  void register_node(NodeInfo node) { wait(broker_->register_node(std::move(node))); }
  void unregister_node(NodeId node) { wait(broker_->unregister_node(std::move(node))); }
  std::vector<NodeInfo> nodes() { return wait(broker_->nodes()); }

  Result<JobStatus> status(JobId job) { return wait(broker_->status(std::move(job))); }
  JobPage jobs(std::string after, int limit) { return wait(broker_->jobs(std::move(after), limit)); }
  Result<TaskPage> tasks(JobId job, std::optional<TaskState> state, std::uint64_t first, int limit) {
    return wait(broker_->tasks(std::move(job), state, first, limit));
  }
  Result<ResultPage> results(JobId job, std::uint64_t cursor, int limit) {
    return wait(broker_->results(std::move(job), cursor, limit));
  }
  Status cancel(JobId job) { return wait(broker_->cancel(std::move(job))); }
  Status pause(JobId job) { return wait(broker_->pause(std::move(job))); }
  Status resume(JobId job) { return wait(broker_->resume(std::move(job))); }
  Result<std::uint64_t> retry_failed(RequestId id, JobId job, int limit) {
    return wait(broker_->retry_failed(std::move(id), std::move(job), limit));
  }
  Result<bool> remove(JobId job) { return wait(broker_->remove(std::move(job))); }
  BrokerStats stats() { return wait(broker_->stats()); }

  void wait_for_work(Millis timeout) { wait(broker_->wait_for_work(timeout)); }
  Result<JobStatus> watch(JobId job, std::uint64_t version, Millis timeout) {
    return wait(broker_->watch(std::move(job), version, timeout));
  }

  // All pages of a listing, one after the other.
  std::vector<JobStatus> all_jobs(int limit);
  std::vector<TaskInfo> all_tasks(const JobId& job, std::optional<TaskState> state, int limit);
  std::vector<ResultRow> all_results(const JobId& job, int limit);

 private:
  template <class T>
  T wait(boost::asio::awaitable<T> call) {
    return run(*loop_, std::move(call));
  }

  boost::asio::io_context* loop_;
  Broker* broker_;
};

inline std::vector<JobStatus> SyncBroker::all_jobs(int limit) {
  std::vector<JobStatus> all;
  std::string after;
  do {
    JobPage page = jobs(after, limit);
    all.insert(all.end(), page.jobs.begin(), page.jobs.end());
    after = page.next;
  } while (!after.empty());
  return all;
}

// A removed or unknown job has no tasks and no results.
inline std::vector<TaskInfo> SyncBroker::all_tasks(const JobId& job, std::optional<TaskState> state, int limit) {
  std::vector<TaskInfo> all;
  for (std::uint64_t first = 0;;) {
    Result<TaskPage> page = tasks(job, state, first, limit);
    if (!page) return all;
    all.insert(all.end(), page->tasks.begin(), page->tasks.end());
    if (page->next <= first) return all;
    first = page->next;
  }
}

inline std::vector<ResultRow> SyncBroker::all_results(const JobId& job, int limit) {
  std::vector<ResultRow> all;
  for (std::uint64_t cursor = 0;;) {
    Result<ResultPage> page = results(job, cursor, limit);
    if (!page || page->rows.empty()) return all;
    all.insert(all.end(), page->rows.begin(), page->rows.end());
    cursor = page->next;
  }
}

}  // namespace docmill::test
