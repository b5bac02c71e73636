#include "tests/model/model_broker.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/needs.hpp"

namespace docmill::test {
namespace {

constexpr std::size_t most_names = 10'000;
constexpr std::size_t most_name_bytes = 64 * 1024;
constexpr int most_wanted = 1'000;
constexpr Millis client_memory = std::chrono::hours(1);
constexpr Millis node_memory = std::chrono::minutes(1);
constexpr Millis longest_ttl = std::chrono::hours(24 * 365 * 100);

Error no_job(const JobId& job) { return fail(ErrorCode::not_found, "there is no job " + job.value); }
Error refused(const std::string& why) { return fail(ErrorCode::conflict, why); }
Error malformed(const std::string& why) { return fail(ErrorCode::invalid_option, why); }

bool is_malformed(const Completion& completion) {
  if (completion.kind != Completion::Kind::split) return false;
  return completion.ref.part != 0 || completion.parts.size() < 2 || completion.parts.size() > 240;
}

bool is_malformed(const JobSpec& spec) {
  return !check_needs(spec.needs) || spec.result_ttl < Millis{0} || spec.result_ttl > longest_ttl;
}

bool is_malformed(const Exchange& request) {
  return !check_offers(request.offers) || request.want < 0 || request.want > most_wanted ||
         request.lease_time <= Millis{0} || request.hedge_after < Millis{0} ||
         std::ranges::any_of(request.completions, [](const Completion& one) { return is_malformed(one); });
}

bool is_malformed(const AddDocuments& request) {
  return request.names.size() > most_names || std::ranges::any_of(request.names, [](const std::string& name) {
           return name.size() > most_name_bytes || name.find('\0') != std::string::npos;
         });
}

bool ended(JobState state) { return state == JobState::finished || state == JobState::cancelled; }

bool looks_the_same(const JobStatus& a, const JobStatus& b) {
  return a.state == b.state && a.counters == b.counters && a.partial == b.partial && a.pages == b.pages &&
         a.finished_at == b.finished_at;
}

}  // namespace

template <class Answer>
std::optional<Result<Answer>> ModelBroker::replay(const RequestId& id) const {
  const auto client = clients_.find(id.client);
  if (client == clients_.end() || clock_.now() >= client->second.called_at + client_memory) return std::nullopt;
  if (id.sequence > client->second.sequence) return std::nullopt;
  if (id.sequence < client->second.sequence) return Result<Answer>(refused("a later call was answered already"));
  const ModelAnswer& answer = client->second.answer;
  if constexpr (std::is_same_v<Answer, ExchangeAnswer>) {
    if (const auto* earlier = std::get_if<Answer>(&answer)) return Result<Answer>(*earlier);
  } else {
    if (const auto* earlier = std::get_if<Result<Answer>>(&answer)) return *earlier;
  }
  return Result<Answer>(refused("the same number was used for another kind of call"));
}

void ModelBroker::remember(const RequestId& id, ModelAnswer answer) {
  if (id.client.empty()) return;
  clients_[id.client] = {.sequence = id.sequence, .called_at = clock_.now(), .answer = std::move(answer)};
}

ModelJob* ModelBroker::find(const JobId& job) {
  for (auto& [number, candidate] : jobs_) {
    if (candidate.id == job) return &candidate;
  }
  return nullptr;
}

void ModelBroker::settle() {
  for (auto& [number, job] : jobs_) settle(job);
  for (boost::asio::steady_timer* timer : waiting_) timer->cancel();
}

void ModelBroker::settle(ModelJob& job) {
  if (!ended(job.status().state)) {
    job.finished_at = {};
  } else if (job.finished_at == TimePoint{}) {
    job.finished_at = clock_.now();
  }
  const JobStatus status = job.status();
  if (!looks_the_same(status, job.seen)) ++job.version;
  job.seen = status;

  const bool servable = job.sealed && !job.paused && !job.cancelled && job.has_waiting();
  if (servable && !job.servable) job.virtual_time = std::max(job.virtual_time, queue_time_);
  job.servable = servable;
}

// ---- Submission

awaitable<Result<CreatedJob>> ModelBroker::create(CreateJob request) {
  if (is_malformed(request.spec)) co_return malformed("the job breaks a limit");
  if (auto earlier = replay<CreatedJob>(request.id)) co_return *earlier;
  Result<CreatedJob> answer = create_now(request.spec);
  remember(request.id, answer);
  settle();
  co_return answer;
}

Result<CreatedJob> ModelBroker::create_now(const JobSpec& spec) {
  for (const auto& [number, job] : jobs_) {
    if (spec.idempotency_key.empty() || job.spec->idempotency_key != spec.idempotency_key) continue;
    if (job.spec->body_digest != spec.body_digest) return refused("the key was used with another body");
    return CreatedJob{.job = job.id, .existed = true, .documents = job.documents.size(), .sealed = job.sealed};
  }
  ModelJob job;
  const std::string number = std::to_string(last_job_ + 1);
  job.id = next_job_id_.value_or(JobId{"job" + std::string(13 - number.size(), '0') + number});
  next_job_id_.reset();
  job.spec = std::make_shared<const JobSpec>(spec);
  job.created_at = job.touched_at = clock_.now();
  job.seen = job.status();
  const JobId id = job.id;
  jobs_.emplace(++last_job_, std::move(job));
  return CreatedJob{.job = id};
}

awaitable<Status> ModelBroker::add_documents(AddDocuments request) {
  if (is_malformed(request)) co_return malformed("too many names, or a name that cannot be kept");
  ModelJob* job = find(request.job);
  if (job == nullptr) co_return no_job(request.job);
  if (job->sealed || job->cancelled) co_return refused("the job takes no more documents");
  const std::uint64_t count = job->documents.size();
  job->touched_at = clock_.now();
  if (request.first + request.names.size() <= count) co_return Status();
  if (request.first != count) co_return refused("the names do not go on where the last ones ended");
  for (std::string& name : request.names) {
    Document document;
    document.name = std::move(name);
    job->documents.push_back(std::move(document));
  }
  settle();
  co_return Status();
}

awaitable<Status> ModelBroker::seal(JobId id) {
  ModelJob* job = find(id);
  if (job == nullptr) co_return no_job(id);
  if (job->cancelled) co_return refused("the job is cancelled");
  job->sealed = true;
  settle();
  co_return Status();
}

// ---- Nodes

awaitable<Result<ExchangeReply>> ModelBroker::exchange(Exchange request) {
  if (is_malformed(request)) co_return malformed("the exchange breaks a limit");
  repair();
  if (auto earlier = replay<ExchangeAnswer>(request.id)) {
    if (!*earlier) co_return earlier->error();
    co_return reply_from(**earlier);
  }
  const ExchangeAnswer answer = exchange_now(request);
  remember(request.id, answer);
  co_return reply_from(answer);
}

awaitable<RenewReply> ModelBroker::renew(Renew request) {
  repair();
  RenewReply reply;
  for (const Token token : request.tokens) {
    if (!holds(token)) {
      reply.lost.push_back(token);
      continue;
    }
    ModelLease& lease = leases_.at(token);
    lease.expires_at = clock_.now() + request.lease_time;
    if (jobs_.at(lease.job).paused) reply.paused.push_back(token);
  }
  co_return reply;
}

awaitable<void> ModelBroker::register_node(NodeInfo node) {
  node.seen_at = clock_.now();
  nodes_[node.id] = node;
  co_return;
}

awaitable<void> ModelBroker::unregister_node(NodeId node) {
  nodes_.erase(node);
  co_return;
}

awaitable<std::vector<NodeInfo>> ModelBroker::nodes() {
  std::vector<NodeInfo> listed;
  for (const auto& [id, node] : nodes_) {
    if (clock_.now() < node.seen_at + node_memory) listed.push_back(node);
  }
  co_return listed;
}

// ---- Users

awaitable<Result<JobStatus>> ModelBroker::status(JobId id) {
  repair();
  ModelJob* job = find(id);
  if (job == nullptr) co_return no_job(id);
  co_return job->status();
}

awaitable<JobPage> ModelBroker::jobs(std::string after, int limit) {
  JobPage page;
  const std::uint64_t before = after.empty() ? last_job_ + 1 : std::stoull(after);
  for (auto job = std::make_reverse_iterator(jobs_.lower_bound(before)); job != jobs_.rend(); ++job) {
    if (std::ssize(page.jobs) == limit) co_return page;
    page.jobs.push_back(job->second.status());
    page.next = std::to_string(job->first);
  }
  page.next.clear();
  co_return page;
}

awaitable<Result<TaskPage>> ModelBroker::tasks(JobId id, std::optional<TaskState> state, std::uint64_t first,
                                               int limit) {
  const ModelJob* job = find(id);
  if (job == nullptr) co_return no_job(id);
  TaskPage page;
  const std::uint64_t count = job->documents.size();
  page.next = first >= count ? count : std::min(count, first + static_cast<std::uint64_t>(limit));
  for (std::uint64_t index = first; index < page.next; ++index) {
    TaskInfo info = job->describe_document(index);
    if (!state || info.state == *state) page.tasks.push_back(std::move(info));
  }
  co_return page;
}

awaitable<Result<ResultPage>> ModelBroker::results(JobId id, std::uint64_t cursor, int limit) {
  const ModelJob* job = find(id);
  if (job == nullptr) co_return no_job(id);
  ResultPage page;
  page.next = std::min<std::uint64_t>(job->results.size(), cursor + static_cast<std::uint64_t>(limit));
  for (std::uint64_t row = cursor; row < page.next; ++row) page.rows.push_back(job->results[row]);
  co_return page;
}

awaitable<Status> ModelBroker::cancel(JobId id) {
  ModelJob* job = find(id);
  if (job == nullptr) co_return no_job(id);
  if (job->status().state == JobState::finished) co_return refused("the job is finished");
  cancel_now(*job);
  settle();
  co_return Status();
}

awaitable<Status> ModelBroker::pause(JobId id) {
  ModelJob* job = find(id);
  if (job == nullptr) co_return no_job(id);
  if (ended(job->status().state)) co_return refused("the job has ended");
  job->paused = true;
  settle();
  co_return Status();
}

awaitable<Status> ModelBroker::resume(JobId id) {
  ModelJob* job = find(id);
  if (job == nullptr) co_return no_job(id);
  if (job->cancelled) co_return refused("the job is cancelled");
  job->paused = false;
  settle();
  co_return Status();
}

awaitable<Result<std::uint64_t>> ModelBroker::retry_failed(RequestId id, JobId job, int limit) {
  if (auto earlier = replay<std::uint64_t>(id)) co_return *earlier;
  Result<std::uint64_t> answer = retry_failed_now(job, limit);
  remember(id, answer);
  settle();
  co_return answer;
}

Result<std::uint64_t> ModelBroker::retry_failed_now(const JobId& id, int limit) {
  ModelJob* job = find(id);
  if (job == nullptr) return no_job(id);
  if (job->cancelled) return refused("the job is cancelled");
  std::uint64_t count = 0;
  for (Document& document : job->documents) {
    if (document.state != TaskState::failed || count == static_cast<std::uint64_t>(limit)) continue;
    static_cast<Work&>(document) = Work();
    document.place = Document::Place::single;
    document.parts.clear();
    document.merging = false;
    ++count;
  }
  return count;
}

awaitable<Result<bool>> ModelBroker::remove(JobId id) {
  const auto job = std::ranges::find_if(jobs_, [&](const auto& entry) { return entry.second.id == id; });
  if (job == jobs_.end()) co_return no_job(id);
  if (!ended(job->second.status().state)) co_return refused("the job has not ended");
  jobs_.erase(job);
  settle();
  co_return true;
}

awaitable<BrokerStats> ModelBroker::stats() {
  BrokerStats stats;
  for (const auto& [number, job] : jobs_) {
    const Counters counters = job.count();
    stats.documents.waiting += counters.waiting;
    stats.documents.leased += counters.leased;
    stats.documents.retrying += counters.retrying;
    stats.documents.done += counters.done;
    stats.documents.failed += counters.failed;
    stats.documents.cancelled += counters.cancelled;
  }
  stats.jobs = jobs_.size();
  stats.leases = leases_.size();
  co_return stats;
}

// ---- Waiting

awaitable<void> ModelBroker::wait_for_change(std::chrono::steady_clock::time_point until) {
  const auto loop = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(loop, until);
  waiting_.insert(&timer);
  const auto ended_by = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  waiting_.erase(&timer);
  static_cast<void>(ended_by);  // a change or the time: the caller looks again in either case
}

awaitable<void> ModelBroker::wait_for_work(Millis timeout) {
  co_await wait_for_change(std::chrono::steady_clock::now() + timeout);
}

awaitable<Result<JobStatus>> ModelBroker::watch(JobId id, std::uint64_t version, Millis timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const ModelJob* job = find(id);
    if (job == nullptr) co_return no_job(id);
    if (job->version > version || std::chrono::steady_clock::now() >= until) co_return job->status();
    co_await wait_for_change(until);
  }
}

}  // namespace docmill::test
