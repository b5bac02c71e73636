#include "tests/model/duel.hpp"

#include <algorithm>
#include <stdexcept>

#include "tests/model/text.hpp"

namespace docmill::test {
namespace {

constexpr Token nobodys_token{0xfffffffffffU};

// Thrown at the first difference, caught in play().
struct Disagreement : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class T>
std::string lines(const std::vector<T>& items) {
  std::string all;
  for (const T& item : items) all += "\n  " + text(item);
  return all;
}

std::string numbers(const std::vector<std::size_t>& items) {
  std::string all;
  for (const std::size_t item : items) all += " " + std::to_string(item);
  return all;
}

}  // namespace

Duel::Duel(const OpenBrokers& open, std::uint64_t seed)
    : history_{.seed = seed, .lossy = seed % 2 == 1, .strict_scheduling = seed % 8 >= 6},
      model_broker_(std::make_unique<ModelBroker>(clock_, history_.strict_scheduling)),
      real_brokers_(open(loop_, clock_, history_)),
      model_(loop_, *model_broker_) {
  for (const auto& broker : real_brokers_) real_.emplace_back(loop_, *broker);
  for (const char* name : {"a", "b", "c"}) nodes_.push_back({.id = NodeId{name}, .last = {.client = name}});
}

std::optional<std::string> Duel::play(const Tape& tape) {
  try {
    for (const Step& one : tape) step(one);
  } catch (const std::exception& failure) {
    return failure.what();
  }
  reached_.insert(model_broker_->met().begin(), model_broker_->met().end());
  return std::nullopt;
}

void Duel::step(const Step& step) {
  Dice dice(step.seed);
  switch (step.action) {
    case Action::submit:
      submit(dice);
      break;
    case Action::create:
      create(dice);
      break;
    case Action::add:
      add(dice, draw_job(dice));
      break;
    case Action::seal:
      seal(dice, draw_job(dice));
      break;
    case Action::exchange:
      exchange(dice);
      break;
    case Action::commit:
      commit(dice);
      break;
    case Action::renew:
      renew(dice);
      break;
    case Action::retry_failed:
      retry_failed(dice, draw_job(dice));
      break;
    case Action::remove:
      remove(dice, draw_job(dice));
      break;
    case Action::cancel:
    case Action::pause:
    case Action::resume:
    case Action::status:
      on_job(dice, step.action, draw_job(dice));
      break;
    case Action::advance:
      advance(dice);
      break;
    case Action::deliver:
      deliver(dice);
      break;
    case Action::repeat:
      repeat(dice);
      break;
    case Action::node_dies:
      node_dies(dice);
      break;
    case Action::register_node:
      register_node(dice);
      break;
  }
  compare_books(dice);
  if (dice.chance(30)) compare_listings(dice);
}

void Duel::expect_same(const std::string& what, const std::string& model, const std::string& real) {
  if (model != real) throw Disagreement(what + "\n--- model: " + model + "\n--- real:  " + real);
}

// ---- The network

Duel::Delivery Duel::draw_delivery(Dice& dice) {
  if (!history_.lossy || dice.chance(60)) return Delivery::once;
  return dice.pick<Delivery>({Delivery::reply_lost, Delivery::twice, Delivery::late, Delivery::lost_for_good});
}

template <class Request>
void Duel::send_over_network(Dice& dice, const Request& request) {
  switch (draw_delivery(dice)) {
    case Delivery::once:
      call(dice, request, true);
      break;
    case Delivery::reply_lost:
      note("  its reply is lost, so it is repeated");
      call(dice, request, false);
      call(dice, request, true);
      break;
    case Delivery::twice:
      note("  it arrives twice");
      call(dice, request, true);
      call(dice, request, true);
      break;
    case Delivery::lost_for_good:
      note("  its reply is lost for good");
      call(dice, request, false);
      break;
    case Delivery::late:
      note("  it is held up");
      late_.push_back([this, request](Dice& later) { call(later, request, true); });
      break;
  }
}

template void Duel::send_over_network(Dice& dice, const Exchange& request);
template void Duel::send_over_network(Dice& dice, const CreateJob& request);
template void Duel::send_over_network(Dice& dice, const Retry& request);

void Duel::deliver(Dice& dice) {
  if (late_.empty()) return;
  note("a call that was held up arrives");
  const auto position = late_.begin() + static_cast<std::ptrdiff_t>(dice.below(late_.size()));
  const auto late = *position;
  late_.erase(position);
  late(dice);
}

void Duel::repeat(Dice& dice) {
  if (sent_.empty()) return;
  const std::size_t recent = std::min<std::size_t>(sent_.size(), 4);
  const Exchange request = sent_[sent_.size() - 1 - dice.below(recent)];
  note("an old exchange arrives again: " + request.id.client + " " + std::to_string(request.id.sequence));
  call(dice, request, true);
}

void Duel::call(Dice& dice, const Exchange& request, bool compare) {
  // The real side first learns what the model's tokens stand for when leases are matched, so order does not matter.
  const Result<ExchangeReply> expected = model_.exchange(request);
  const Result<ExchangeReply> actual = real(dice).exchange(for_real(request));
  if (!compare) return;
  if (!expected || !actual) {
    const auto short_text = [](const auto& reply) { return reply ? "a reply" : text(Status(reply.error())); };
    expect_same("exchange", short_text(expected), short_text(actual));
    reached_.insert("exchange: " + short_text(expected));
    return;
  }
  expect_same("exchange: stale", numbers(expected->stale), numbers(actual->stale));
  expect_same("exchange: leases", lines(expected->leases), lines(actual->leases));
  expect_same("exchange: more", expected->more ? "yes" : "no", actual->more ? "yes" : "no");
  match_leases(expected->leases, actual->leases);
  note("  " + std::to_string(expected->leases.size()) + " leases; stale:" + numbers(expected->stale));
  mark(*expected);
}

void Duel::call(Dice& dice, const CreateJob& request, bool compare) {
  const Result<CreatedJob> actual = real(dice).create(request);
  if (actual) model_broker_->adopt_next_job_id(actual->job);
  const Result<CreatedJob> expected = model_.create(request);
  // The answer may be lost on its way, but the job is there and other clients see it.
  if (expected && std::ranges::count(jobs_, expected->job) == 0) jobs_.push_back(expected->job);
  if (compare) expect_same("create", text(expected), text(actual));
}

void Duel::call(Dice& dice, const Retry& request, bool compare) {
  const Result<std::uint64_t> expected = model_.retry_failed(request.id, request.job, request.limit);
  const Result<std::uint64_t> actual = real(dice).retry_failed(request.id, request.job, request.limit);
  if (compare) expect_same("retry_failed", text(expected), text(actual));
}

// ---- Tokens

Token Duel::for_real(Token model) const {
  const auto found = real_of_.find(model);
  return found == real_of_.end() ? nobodys_token : found->second;
}

Exchange Duel::for_real(Exchange request) const {
  for (Completion& completion : request.completions) completion.token = for_real(completion.token);
  return request;
}

void Duel::match_leases(const std::vector<Lease>& model, const std::vector<Lease>& real) {
  for (std::size_t i = 0; i < model.size(); ++i) {
    const auto [known, fresh] = real_of_.try_emplace(model[i].token, real[i].token);
    if (!fresh) {
      if (known->second != real[i].token) throw Disagreement("a repeated exchange gives a lease another token");
      reached_.insert("a lease given again");
      continue;
    }
    if (!real_tokens_.insert(real[i].token).second) throw Disagreement("a token was given twice");
    leases_.push_back({.token = model[i].token, .tasks = model[i].tasks});
  }
}

// ---- What came about

void Duel::mark(const ExchangeReply& reply) {
  if (!reply.stale.empty()) reached_.insert("a stale completion");
  if (reply.more) reached_.insert("more work than wanted");
  if (reply.leases.size() > 1) reached_.insert("several leases at once");
  for (const Lease& lease : reply.leases) {
    if (lease.tasks.size() > 1) reached_.insert("a run");
    if (lease.tasks.size() > 1 && lease.tasks[0].deliveries > 0) reached_.insert("a run that came back");
    for (const LeasedTask& task : lease.tasks) mark(task);
  }
}

void Duel::mark(const LeasedTask& task) {
  static const std::map<TaskKind, std::string> kinds{
      {TaskKind::document, "a document"}, {TaskKind::part, "a part"}, {TaskKind::merge, "a merge"}};
  const std::string& kind = kinds.at(task.kind);
  reached_.insert(kind);
  if (task.attempt > 1) reached_.insert(kind + " tried again");
  if (task.deliveries > 0) reached_.insert(kind + " lost with its node");
  if (std::ranges::count(task.part_errors, Error()) < std::ssize(task.part_errors)) {
    reached_.insert("a merge with a failed part");
  }
}

// ---- What a user sees

void Duel::compare_books(Dice& dice) {
  SyncBroker& broker = real(dice);
  const std::vector<JobStatus> expected = model_.all_jobs(dice.between(1, 7));
  const std::vector<JobStatus> actual = broker.all_jobs(dice.between(1, 7));
  expect_same("the list of jobs", lines(expected), lines(actual));
  for (const JobStatus& status : actual) {
    check_version(status);
    reached_.insert("a job " + std::string(to_string(status.state)));
    if (status.partial > 0) reached_.insert("a partial result");
  }
  for (const JobId& job : jobs_) {
    const bool listed = std::ranges::count(expected, job, &JobStatus::id) > 0;
    if (!listed && !removed_.contains(job)) reached_.insert("a job gone by itself");
  }
  expect_same("stats", text(model_.stats()), text(broker.stats()));
}

void Duel::check_version(const JobStatus& status) {
  auto& [version, shown] = versions_[status.id.value];
  const std::string now = text(status);
  if (status.version < version) throw Disagreement("the version of a job went back: " + now);
  if (status.version == version && shown != now && !shown.empty()) {
    throw Disagreement("a job changed and its version did not: " + now);
  }
  version = status.version;
  shown = now;
}

void Duel::compare_listings(Dice& dice) {
  SyncBroker& broker = real(dice);
  for (const JobId& job : jobs_) {
    const int limit = dice.between(1, 12);
    const std::vector<TaskInfo> tasks = model_.all_tasks(job, std::nullopt, 1'000);
    expect_same("tasks of " + job.value, lines(tasks), lines(broker.all_tasks(job, std::nullopt, limit)));
    for (const TaskInfo& info : tasks) {
      reached_.insert("a task " + std::string(to_string(info.state)));
      if (info.error.message.starts_with("lost with its node")) reached_.insert("a task given up as lost");
      if (info.state == TaskState::failed && info.parts > 0) reached_.insert("a split document failed");
    }
    expect_same("results of " + job.value, lines(model_.all_results(job, 1'000)),
                lines(broker.all_results(job, limit)));
  }
  if (jobs_.empty()) return;
  const JobId& job = dice.pick(jobs_);
  const auto state = static_cast<TaskState>(dice.below(6));
  const int limit = dice.between(1, 12);
  const std::uint64_t first = dice.below(20);
  const Result<TaskPage> expected = model_.tasks(job, state, first, limit);
  const Result<TaskPage> actual = broker.tasks(job, state, first, limit);
  expect_same("whether there are tasks", expected ? "yes" : "no", actual ? "yes" : "no");
  if (!expected) return;
  expect_same("tasks " + std::string(to_string(state)), lines(expected->tasks), lines(actual->tasks));
  expect_same("next of tasks", std::to_string(expected->next), std::to_string(actual->next));
}

}  // namespace docmill::test
