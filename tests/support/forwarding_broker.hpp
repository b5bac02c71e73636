// A broker that hands every call on to another, to be changed in one place: how tests make one that misbehaves.
#pragma once

#include <memory>
#include <utility>

#include "broker/broker.hpp"

namespace docmill::test {

class ForwardingBroker : public Broker {
 public:
  explicit ForwardingBroker(std::shared_ptr<Broker> inner) : inner_(std::move(inner)) {}

  awaitable<Result<CreatedJob>> create(CreateJob request) override { return inner_->create(std::move(request)); }
  awaitable<Status> add_documents(AddDocuments request) override { return inner_->add_documents(std::move(request)); }
  awaitable<Status> seal(JobId job) override { return inner_->seal(std::move(job)); }
  awaitable<Result<ExchangeReply>> exchange(Exchange request) override { return inner_->exchange(std::move(request)); }
  awaitable<RenewReply> renew(Renew request) override { return inner_->renew(std::move(request)); }
  awaitable<void> register_node(NodeInfo node) override { return inner_->register_node(std::move(node)); }
  awaitable<void> unregister_node(NodeId node) override { return inner_->unregister_node(std::move(node)); }
  awaitable<std::vector<NodeInfo>> nodes() override { return inner_->nodes(); }
  awaitable<Result<JobStatus>> status(JobId job) override { return inner_->status(std::move(job)); }
  awaitable<JobPage> jobs(std::string after, int limit) override { return inner_->jobs(std::move(after), limit); }
  awaitable<Result<TaskPage>> tasks(JobId job, std::optional<TaskState> state, std::uint64_t first,
                                    int limit) override {
    return inner_->tasks(std::move(job), state, first, limit);
  }
  awaitable<Result<ResultPage>> results(JobId job, std::uint64_t cursor, int limit) override {
    return inner_->results(std::move(job), cursor, limit);
  }
  awaitable<Status> cancel(JobId job) override { return inner_->cancel(std::move(job)); }
  awaitable<Status> pause(JobId job) override { return inner_->pause(std::move(job)); }
  awaitable<Status> resume(JobId job) override { return inner_->resume(std::move(job)); }
  awaitable<Result<std::uint64_t>> retry_failed(RequestId id, JobId job, int limit) override {
    return inner_->retry_failed(std::move(id), std::move(job), limit);
  }
  awaitable<Result<bool>> remove(JobId job) override { return inner_->remove(std::move(job)); }
  awaitable<BrokerStats> stats() override { return inner_->stats(); }
  awaitable<void> wait_for_work(Millis timeout) override { return inner_->wait_for_work(timeout); }
  awaitable<Result<JobStatus>> watch(JobId job, std::uint64_t version, Millis timeout) override {
    return inner_->watch(std::move(job), version, timeout);
  }

 private:
  const std::shared_ptr<Broker> inner_;
};

}  // namespace docmill::test
