// RecordingBroker: hands every call on to another broker and writes the history of it (history.hpp).
//
// A line is on its way to the file before the call is made, and the answer's before the caller sees it: in one write()
// each, so that many processes may share a file, and a process that is killed leaves one unfinished line at most. Lines
// are not synced: they survive the death of the process, not that of the machine.
// Not recorded: listings, nodes, stats, and waiting for work.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <memory>
#include <string_view>

#include "broker/broker.hpp"
#include "broker/history.hpp"
#include "core/descriptor.hpp"
#include "runtime/clock.hpp"

namespace docmill {

class RecordingBroker final : public Broker {
 public:
  // Appends to `file`, made if missing (mode 0600). Throws SystemError (misconfigured) when it cannot be opened.
  // `clock` must outlive the broker.
  //
  // A call that cannot be written down is not made: it throws SystemError (misconfigured), for a history with holes
  // would accuse the broker. An answer that cannot be written down counts as lost.
  RecordingBroker(std::unique_ptr<Broker> inner, const Clock& clock, const std::filesystem::path& file);

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
  // Writes that `ask` was asked; returns the number of the call.
  std::uint64_t asked(Ask ask, boost::json::object request);
  // Waits for the answer and writes it down.
  template <class T>
  awaitable<T> answered(std::uint64_t call, awaitable<T> answer);
  void write_answer(std::uint64_t call, std::string_view answer, boost::json::object reply);

  // One write(). False: it failed, or was cut short.
  bool write_line(boost::json::object line);
  void write_opening();

  const std::unique_ptr<Broker> inner_;
  const Clock& clock_;
  const std::filesystem::path path_;
  const std::string process_;
  Descriptor file_;
  std::uint64_t calls_ = 0;
  bool cut_short_ = false;  // the last line was: the next begins with a newline
};

}  // namespace docmill
