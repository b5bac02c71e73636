#include "broker/redis/redis_broker.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "broker/redis/call_numbers.hpp"
#include "broker/redis/completions.hpp"
#include "broker/redis/exchange_reply.hpp"
#include "broker/redis/job_codec.hpp"
#include "broker/redis/names.hpp"
#include "broker/redis/result_log.hpp"
#include "broker/redis/session.hpp"
#include "broker/redis/task_listing.hpp"
#include "broker/redis/wire.hpp"
#include "broker/rules.hpp"
#include "core/needs.hpp"
#include "runtime/random.hpp"

namespace docmill {
namespace {

using namespace redis;

using std::to_string;
using Arguments = std::vector<std::string>;
using SteadyClock = std::chrono::steady_clock;

// 6 bytes each; those that no broker gave are 0.
std::string pack_tokens(const std::vector<Token>& tokens) {
  Writer out;
  for (const Token token : tokens) out.u48(token.value < (std::uint64_t{1} << 48U) ? token.value : 0);
  return out.take();
}

class RedisBroker final : public Broker {
 public:
  RedisBroker(boost::asio::io_context& loop, RedisOptions options)
      : options_(std::move(options)), session_(loop.get_executor(), options_) {}

  awaitable<Result<CreatedJob>> create(CreateJob request) override;
  awaitable<Status> add_documents(AddDocuments request) override;
  awaitable<Status> seal(JobId job) override { return tell_safely("seal", Arguments{job.value}); }

  awaitable<Result<ExchangeReply>> exchange(Exchange request) override;
  awaitable<RenewReply> renew(Renew request) override;
  awaitable<void> register_node(NodeInfo node) override;
  awaitable<void> unregister_node(NodeId node) override;
  awaitable<std::vector<NodeInfo>> nodes() override;

  awaitable<Result<JobStatus>> status(JobId job) override;
  awaitable<JobPage> jobs(std::string after, int limit) override;
  awaitable<Result<TaskPage>> tasks(JobId job, std::optional<TaskState> state, std::uint64_t first, int limit) override;
  awaitable<Result<ResultPage>> results(JobId job, std::uint64_t cursor, int limit) override;
  awaitable<Status> cancel(JobId job) override { return tell("cancel", Arguments{job.value}); }
  awaitable<Status> pause(JobId job) override { return tell("pause", Arguments{job.value}); }
  awaitable<Status> resume(JobId job) override { return tell("resume", Arguments{job.value}); }
  awaitable<Result<std::uint64_t>> retry_failed(RequestId id, JobId job, int limit) override;
  awaitable<Result<bool>> remove(JobId job) override;
  awaitable<BrokerStats> stats() override;

  awaitable<void> wait_for_work(Millis timeout) override;
  awaitable<Result<JobStatus>> watch(JobId job, std::uint64_t version, Millis timeout) override;

 private:
  awaitable<Status> tell(std::string_view function, Arguments arguments);
  awaitable<Status> tell_safely(std::string_view function, Arguments arguments);
  std::unique_ptr<Subscription> take_subscription();

  const RedisOptions options_;
  Session session_;
  CallNumbers numbers_;
  std::shared_ptr<const KnownSpecs> specs_ = std::make_shared<KnownSpecs>();
  // Of those who wait for work, one for each that ever waited at the same time: what is published between two waits
  // ends the next one.
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
};

awaitable<Status> RedisBroker::tell(std::string_view function, Arguments arguments) {
  const Answer answer = co_await session_.call(function, std::move(arguments));
  co_return answer.status();
}

awaitable<Status> RedisBroker::tell_safely(std::string_view function, Arguments arguments) {
  const Answer answer = co_await session_.call_safely(function, std::move(arguments));
  co_return answer.status();
}

// ---- Submission

awaitable<Result<CreatedJob>> RedisBroker::create(CreateJob request) {
  Status checked = rules::check(request.spec);
  if (!checked) co_return std::move(checked).error();
  const CallNumbers::Call call(numbers_, request.id);
  const JobSpec& spec = request.spec;
  const JobId fresh = options_.draw_job_id ? options_.draw_job_id() : JobId{random_name(16)};
  Arguments arguments{call.id().client,
                      to_string(call.id().sequence),
                      fresh.value,
                      spec.idempotency_key,
                      join_words(spec.needs),
                      to_string(static_cast<int>(spec.priority)),
                      to_string(spec.retry.max_attempts),
                      to_string(spec.retry.max_deliveries),
                      to_string(spec.retry.backoff_base.count()),
                      to_string(spec.retry.backoff_cap.count()),
                      to_string(spec.result_ttl.count()),
                      pack_spec(spec)};
  const Answer answer = co_await session_.call_safely("create", std::move(arguments));
  if (answer.is_error()) co_return answer.error();
  Reader reader = answer.content();
  CreatedJob created;
  created.job.value = reader.text();
  created.existed = reader.u8() != 0;
  created.documents = reader.u64();
  created.sealed = reader.u8() != 0;
  co_return created;
}

awaitable<Status> RedisBroker::add_documents(AddDocuments request) {
  Status checked = rules::check(request);
  if (!checked) co_return checked;
  Arguments arguments{request.job.value, to_string(request.first), to_string(request.names.size())};
  for (std::string& chunk : pack_names(request.first, request.names)) arguments.push_back(std::move(chunk));
  const Answer answer = co_await session_.call_safely("add", std::move(arguments));
  co_return answer.status();
}

// ---- Nodes

awaitable<Result<ExchangeReply>> RedisBroker::exchange(Exchange request) {
  Status checked = rules::check(request);
  if (!checked) co_return std::move(checked).error();
  const CallNumbers::Call call(numbers_, request.id);
  const std::shared_ptr<const KnownSpecs> known = specs_;
  Arguments arguments = pack_exchange(request, call.id(), options_.strict_scheduling, known->ids());
  const Answer answer = co_await session_.call_safely("exchange", std::move(arguments));
  if (answer.is_error()) co_return answer.error();
  co_return unpack_exchange(answer.content(), answer.blobs(), *known, specs_);
}

awaitable<RenewReply> RedisBroker::renew(Renew request) {
  const std::vector<Token> tokens = std::move(request.tokens);
  Arguments arguments{to_string(request.lease_time.count()), pack_tokens(tokens)};
  const Answer answer = co_await session_.call("renew", std::move(arguments));
  if (answer.is_error()) throw SystemError(SystemError::Kind::misconfigured, answer.error().message);
  Reader reader = answer.content();
  RenewReply reply;
  for (const Token token : tokens) {
    const char fate = static_cast<char>(reader.u8());
    if (fate == 'l') reply.lost.push_back(token);
    if (fate == 'p') reply.paused.push_back(token);
  }
  co_return reply;
}

awaitable<void> RedisBroker::register_node(NodeInfo node) {
  Arguments arguments{node.id.value, pack_node(node)};
  const Answer answer = co_await session_.call("register", std::move(arguments));
}

awaitable<void> RedisBroker::unregister_node(NodeId node) {
  Arguments arguments{node.value};
  const Answer answer = co_await session_.call("unregister", std::move(arguments));
}

awaitable<std::vector<NodeInfo>> RedisBroker::nodes() {
  const Answer answer = co_await session_.call("nodes", Arguments());
  Reader reader = answer.content();
  std::vector<NodeInfo> nodes;
  while (!reader.at_end()) {
    NodeInfo& node = nodes.emplace_back();
    node.id.value = reader.text();
    node.seen_at = TimePoint{static_cast<TimePoint::rep>(reader.u64())};
    unpack_node(reader.text(), node);
  }
  std::ranges::sort(nodes, {}, &NodeInfo::id);
  co_return nodes;
}

// ---- Users

awaitable<Result<JobStatus>> RedisBroker::status(JobId job) {
  Arguments arguments{job.value};
  const Answer answer = co_await session_.call("status", std::move(arguments));
  if (answer.is_error()) co_return answer.error();
  Reader reader = answer.content();
  co_return unpack_status(reader);
}

awaitable<JobPage> RedisBroker::jobs(std::string after, int limit) {
  JobPage page;
  if (after.find_first_not_of("0123456789") != std::string::npos || after.size() > 15) co_return page;
  if (after.empty()) after = "+inf";
  Arguments arguments{after, to_string(std::clamp(limit, 0, rules::most_listed))};
  const Answer answer = co_await session_.call("jobs", std::move(arguments));
  Reader reader = answer.content();
  const std::uint32_t count = reader.u32();
  const bool more = reader.u8() != 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    page.next = to_string(reader.u64());
    page.jobs.push_back(unpack_status(reader));
  }
  if (!more) page.next.clear();
  co_return page;
}

awaitable<Result<TaskPage>> RedisBroker::tasks(JobId job, std::optional<TaskState> state, std::uint64_t first,
                                               int limit) {
  Arguments arguments{job.value, to_string(std::min(first, rules::most_documents)),
                      to_string(std::clamp(limit, 0, rules::most_listed))};
  const Answer answer = co_await session_.call("tasks", std::move(arguments));
  if (answer.is_error()) co_return answer.error();
  co_return unpack_tasks(answer.content(), answer.blobs(), state);
}

awaitable<Result<ResultPage>> RedisBroker::results(JobId job, std::uint64_t cursor, int limit) {
  constexpr std::uint64_t rows_per_chunk = 256;  // a guess; where it is wrong, more are fetched
  const auto rows = static_cast<std::uint64_t>(std::clamp(limit, 0, rules::most_listed));
  const std::string chunks = to_string(rows / rows_per_chunk + 1);
  LogReader log(cursor, rows);
  for (bool at_end = false; !at_end;) {
    Arguments arguments{job.value, to_string(log.next_chunk()), chunks};
    const Answer answer = co_await session_.call("results", std::move(arguments));
    if (answer.is_error()) co_return answer.error();
    Reader reader = answer.content();
    std::uint64_t number = reader.u64();
    at_end = reader.u8() != 0;
    for (const std::string_view chunk : answer.blobs()) {
      if (!log.has_enough()) log.read(number++, chunk);
    }
    at_end = at_end || log.has_enough();
  }
  co_return log.page();
}

awaitable<Result<std::uint64_t>> RedisBroker::retry_failed(RequestId id, JobId job, int limit) {
  const CallNumbers::Call call(numbers_, id);
  Arguments arguments{call.id().client, to_string(call.id().sequence), job.value,
                      to_string(std::clamp(limit, 0, rules::most_listed))};
  const Answer answer = co_await session_.call("retry", std::move(arguments));
  if (answer.is_error()) co_return answer.error();
  Reader reader = answer.content();
  co_return reader.u64();
}

awaitable<Result<bool>> RedisBroker::remove(JobId job) {
  // Numbered, so that one whose answer was lost is not told that there is no such job.
  const CallNumbers::Call call(numbers_, RequestId());
  Arguments arguments{call.id().client, to_string(call.id().sequence), job.value};
  const Answer answer = co_await session_.call("remove", std::move(arguments));
  if (answer.is_error()) co_return answer.error();
  Reader reader = answer.content();
  co_return reader.u8() != 0;
}

awaitable<BrokerStats> RedisBroker::stats() {
  const Answer answer = co_await session_.call("stats", Arguments());
  Reader reader = answer.content();
  BrokerStats stats;
  stats.jobs = reader.u64();
  Counters& counters = stats.documents;
  for (std::uint64_t* counter : {&counters.waiting, &counters.leased, &counters.retrying, &counters.done,
                                 &counters.failed, &counters.cancelled, &stats.leases}) {
    *counter = reader.u64();
  }
  co_return stats;
}

// ---- Waiting

std::unique_ptr<Subscription> RedisBroker::take_subscription() {
  if (subscriptions_.empty()) return session_.subscribe(session_.work_channel());
  std::unique_ptr<Subscription> taken = std::move(subscriptions_.back());
  subscriptions_.pop_back();
  return taken;
}

awaitable<void> RedisBroker::wait_for_work(Millis timeout) {
  std::unique_ptr<Subscription> subscription = take_subscription();
  const News news = co_await subscription->next(timeout);
  subscriptions_.push_back(std::move(subscription));
}

awaitable<Result<JobStatus>> RedisBroker::watch(JobId job, std::uint64_t version, Millis timeout) {
  const auto until = SteadyClock::now() + timeout;
  std::unique_ptr<Subscription> subscription;
  while (true) {
    Result<JobStatus> found = co_await status(job);
    const auto left = std::chrono::duration_cast<Millis>(until - SteadyClock::now());
    if (!found || found->version > version || left <= Millis{0}) co_return found;
    // Its first news come when the server has confirmed it: what changed before then is seen by another look.
    if (!subscription) subscription = session_.subscribe(session_.job_channel(job));
    const News news = co_await subscription->next(left);
  }
}

}  // namespace

std::unique_ptr<Broker> open_redis_broker(boost::asio::io_context& loop, RedisOptions options) {
  if (options.name_space.find_first_of("{}") != std::string::npos) {
    throw SystemError(SystemError::Kind::misconfigured,
                      "the namespace '" + options.name_space + "' has braces in it: choose a name without");
  }
  return std::make_unique<RedisBroker>(loop, std::move(options));
}

}  // namespace docmill
