#include "tests/support/sync_broker.hpp"

#include <utility>

#include "tests/support/run_coroutine.hpp"

namespace docmill::test {

Result<CreatedJob> SyncBroker::create(CreateJob request) { return run(*loop_, broker_->create(std::move(request))); }
Status SyncBroker::add_documents(AddDocuments request) {
  return run(*loop_, broker_->add_documents(std::move(request)));
}
Status SyncBroker::seal(JobId job) { return run(*loop_, broker_->seal(std::move(job))); }
Result<ExchangeReply> SyncBroker::exchange(Exchange request) {
  return run(*loop_, broker_->exchange(std::move(request)));
}
RenewReply SyncBroker::renew(Renew request) { return run(*loop_, broker_->renew(std::move(request))); }
void SyncBroker::register_node(NodeInfo node) { run(*loop_, broker_->register_node(std::move(node))); }
void SyncBroker::unregister_node(NodeId node) { run(*loop_, broker_->unregister_node(std::move(node))); }
std::vector<NodeInfo> SyncBroker::nodes() { return run(*loop_, broker_->nodes()); }
Result<JobStatus> SyncBroker::status(JobId job) { return run(*loop_, broker_->status(std::move(job))); }
JobPage SyncBroker::jobs(std::string after, int limit) { return run(*loop_, broker_->jobs(std::move(after), limit)); }
Result<TaskPage> SyncBroker::tasks(JobId job, std::optional<TaskState> state, std::uint64_t first, int limit) {
  return run(*loop_, broker_->tasks(std::move(job), state, first, limit));
}
Result<ResultPage> SyncBroker::results(JobId job, std::uint64_t cursor, int limit) {
  return run(*loop_, broker_->results(std::move(job), cursor, limit));
}
Status SyncBroker::cancel(JobId job) { return run(*loop_, broker_->cancel(std::move(job))); }
Status SyncBroker::pause(JobId job) { return run(*loop_, broker_->pause(std::move(job))); }
Status SyncBroker::resume(JobId job) { return run(*loop_, broker_->resume(std::move(job))); }
Result<std::uint64_t> SyncBroker::retry_failed(RequestId id, JobId job, int limit) {
  return run(*loop_, broker_->retry_failed(std::move(id), std::move(job), limit));
}
Result<bool> SyncBroker::remove(JobId job) { return run(*loop_, broker_->remove(std::move(job))); }
BrokerStats SyncBroker::stats() { return run(*loop_, broker_->stats()); }
void SyncBroker::wait_for_work(Millis timeout) { run(*loop_, broker_->wait_for_work(timeout)); }
Result<JobStatus> SyncBroker::watch(JobId job, std::uint64_t version, Millis timeout) {
  return run(*loop_, broker_->watch(std::move(job), version, timeout));
}

std::vector<JobStatus> SyncBroker::all_jobs(int limit) {
  std::vector<JobStatus> all;
  std::string after;
  do {
    JobPage page = jobs(after, limit);
    all.insert(all.end(), page.jobs.begin(), page.jobs.end());
    after = page.next;
  } while (!after.empty());
  return all;
}

std::vector<TaskInfo> SyncBroker::all_tasks(const JobId& job, std::optional<TaskState> state, int limit) {
  std::vector<TaskInfo> all;
  for (std::uint64_t first = 0;;) {
    Result<TaskPage> page = tasks(job, state, first, limit);
    if (!page) return all;
    all.insert(all.end(), page->tasks.begin(), page->tasks.end());
    if (page->next <= first) return all;
    first = page->next;
  }
}

std::vector<ResultRow> SyncBroker::all_results(const JobId& job, int limit) {
  std::vector<ResultRow> all;
  for (std::uint64_t cursor = 0;;) {
    Result<ResultPage> page = results(job, cursor, limit);
    if (!page || page->rows.empty()) return all;
    all.insert(all.end(), page->rows.begin(), page->rows.end());
    cursor = page->next;
  }
}

}  // namespace docmill::test
