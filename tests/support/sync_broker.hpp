// SyncBroker: the calls of a Broker as plain blocking functions, for tests.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::test {

// Does not own what it refers to. Each call runs the loop until it is answered. Not inline: starting a coroutine is
// seconds of compilation for each type that it answers with.
class SyncBroker {
 public:
  SyncBroker(boost::asio::io_context& loop, Broker& broker) : loop_(&loop), broker_(&broker) {}

  Result<CreatedJob> create(CreateJob request);
  Status add_documents(AddDocuments request);
  Status seal(JobId job);

  Result<ExchangeReply> exchange(Exchange request);
  RenewReply renew(Renew request);
  void register_node(NodeInfo node);
  void unregister_node(NodeId node);
  std::vector<NodeInfo> nodes();

  Result<JobStatus> status(JobId job);
  JobPage jobs(std::string after, int limit);
  Result<TaskPage> tasks(JobId job, std::optional<TaskState> state, std::uint64_t first, int limit);
  Result<ResultPage> results(JobId job, std::uint64_t cursor, int limit);
  Status cancel(JobId job);
  Status pause(JobId job);
  Status resume(JobId job);
  Result<std::uint64_t> retry_failed(RequestId id, JobId job, int limit);
  Result<bool> remove(JobId job);
  BrokerStats stats();

  void wait_for_work(Millis timeout);
  Result<JobStatus> watch(JobId job, std::uint64_t version, Millis timeout);

  // All pages of a listing, one after the other. A removed or unknown job has no tasks and no results.
  std::vector<JobStatus> all_jobs(int limit);
  std::vector<TaskInfo> all_tasks(const JobId& job, std::optional<TaskState> state, int limit);
  std::vector<ResultRow> all_results(const JobId& job, int limit);

 private:
  boost::asio::io_context* loop_;
  Broker* broker_;
};

}  // namespace docmill::test
