#include "broker/sqlite/sqlite_broker.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "broker/sqlite/database_thread.hpp"
#include "broker/sqlite/schema.hpp"

namespace docmill {
namespace {

using sqlite::ChangeBoard;
using sqlite::DatabaseThread;
using sqlite::Store;
using Access = DatabaseThread::Access;

class SqliteBroker final : public Broker {
 public:
  SqliteBroker(boost::asio::io_context& loop, const Clock& clock, const SqliteOptions& options)
      : board_(std::make_shared<ChangeBoard>()),
        thread_(loop, sqlite::open_database(options), clock, options.strict_scheduling, board_) {}

  awaitable<Result<CreatedJob>> create(CreateJob request) override {
    return ask<Result<CreatedJob>>(Access::write,
                                   [request = std::move(request)](Store& store) { return store.create(request); });
  }
  awaitable<Status> add_documents(AddDocuments request) override {
    return ask<Status>(Access::write,
                       [request = std::move(request)](Store& store) { return store.add_documents(request); });
  }
  awaitable<Status> seal(JobId job) override {
    return ask<Status>(Access::write, [job = std::move(job)](Store& store) { return store.seal(job); });
  }

  awaitable<Result<ExchangeReply>> exchange(Exchange request) override;
  awaitable<RenewReply> renew(Renew request) override {
    return ask<RenewReply>(Access::write,
                           [request = std::move(request)](Store& store) { return store.renew(request); });
  }
  awaitable<void> register_node(NodeInfo node) override {
    return tell([node = std::move(node)](Store& store) { store.register_node(node); });
  }
  awaitable<void> unregister_node(NodeId node) override {
    return tell([node = std::move(node)](Store& store) { store.unregister_node(node); });
  }
  awaitable<std::vector<NodeInfo>> nodes() override {
    return ask<std::vector<NodeInfo>>(Access::read, [](Store& store) { return store.nodes(); });
  }

  awaitable<Result<JobStatus>> status(JobId job) override {
    return ask<Result<JobStatus>>(Access::write, [job = std::move(job)](Store& store) { return store.status(job); });
  }
  awaitable<JobPage> jobs(std::string after, int limit) override {
    return ask<JobPage>(Access::read,
                        [after = std::move(after), limit](Store& store) { return store.jobs(after, limit); });
  }
  awaitable<Result<TaskPage>> tasks(JobId job, std::optional<TaskState> state, std::uint64_t first,
                                    int limit) override {
    return ask<Result<TaskPage>>(Access::read, [job = std::move(job), state, first, limit](Store& store) {
      return store.tasks(job, state, first, limit);
    });
  }
  awaitable<Result<ResultPage>> results(JobId job, std::uint64_t cursor, int limit) override {
    return ask<Result<ResultPage>>(Access::read, [job = std::move(job), cursor, limit](Store& store) {
      return store.results(job, cursor, limit);
    });
  }
  awaitable<Status> cancel(JobId job) override {
    return ask<Status>(Access::write, [job = std::move(job)](Store& store) { return store.cancel(job); });
  }
  awaitable<Status> pause(JobId job) override {
    return ask<Status>(Access::write, [job = std::move(job)](Store& store) { return store.pause(job); });
  }
  awaitable<Status> resume(JobId job) override {
    return ask<Status>(Access::write, [job = std::move(job)](Store& store) { return store.resume(job); });
  }
  awaitable<Result<std::uint64_t>> retry_failed(RequestId id, JobId job, int limit) override {
    return ask<Result<std::uint64_t>>(Access::write, [id = std::move(id), job = std::move(job), limit](Store& store) {
      return store.retry_failed(id, job, limit);
    });
  }
  awaitable<Result<bool>> remove(JobId job) override {
    return ask<Result<bool>>(Access::write, [job = std::move(job)](Store& store) { return store.remove(job); });
  }
  awaitable<BrokerStats> stats() override {
    return ask<BrokerStats>(Access::read, [](Store& store) { return store.stats(); });
  }

  awaitable<void> wait_for_work(Millis timeout) override;
  awaitable<Result<JobStatus>> watch(JobId job, std::uint64_t version, Millis timeout) override;

 private:
  // Runs `call` on the store and gives its answer. No coroutine lambda: `call` is a plain function, kept in the frame.
  template <class Answer>
  awaitable<Answer> ask(Access access, std::function<Answer(Store&)> call) {
    std::optional<Answer> answer;
    const DatabaseThread::Work work = [&](Store& store) { answer.emplace(call(store)); };
    co_await thread_.run(access, work);
    co_return std::move(*answer);
  }
  awaitable<void> tell(DatabaseThread::Work work) { co_await thread_.run(Access::write, work); }

  const std::shared_ptr<ChangeBoard> board_;
  DatabaseThread thread_;
};

// While it lives, other processes' changes are announced.
class WatchOthers {
 public:
  explicit WatchOthers(DatabaseThread& thread) : thread_(thread) { thread_.watch_others(true); }
  WatchOthers(const WatchOthers&) = delete;
  WatchOthers& operator=(const WatchOthers&) = delete;
  ~WatchOthers() { thread_.watch_others(false); }

 private:
  DatabaseThread& thread_;
};

awaitable<Result<ExchangeReply>> SqliteBroker::exchange(Exchange request) {
  const std::uint64_t epoch = board_->work_epoch();
  auto call = [&request](Store& store) { return store.exchange(request); };
  Result<ExchangeReply> reply = co_await ask<Result<ExchangeReply>>(Access::write, call);
  if (reply && !reply->more) board_->found_no_work(epoch);
  co_return reply;
}

awaitable<void> SqliteBroker::wait_for_work(Millis timeout) {
  const WatchOthers watching(thread_);
  co_await board_->wait_for_work(std::chrono::steady_clock::now() + timeout);
}

awaitable<Result<JobStatus>> SqliteBroker::watch(JobId job, std::uint64_t version, Millis timeout) {
  const WatchOthers watching(thread_);
  const auto until = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const std::uint64_t epoch = board_->job_epoch();
    Result<JobStatus> found = co_await status(job);
    if (!found || found->version > version || std::chrono::steady_clock::now() >= until) co_return found;
    co_await board_->wait_for_job(job, epoch, until);
  }
}

}  // namespace

std::unique_ptr<Broker> open_sqlite_broker(boost::asio::io_context& loop, const Clock& clock, SqliteOptions options) {
  return std::make_unique<SqliteBroker>(loop, clock, options);
}

}  // namespace docmill
