#include "node/slot.hpp"

#include <algorithm>

#include "node/process_usage.hpp"
#include "node/sources.hpp"
#include "runtime/timer.hpp"

namespace docmill {

namespace asio = boost::asio;

namespace {

constexpr int most_lost_workers = 2;  // reruns here of a task whose fork server died; then it counts as a crash
constexpr std::chrono::milliseconds overload_pause{500};

}  // namespace

asio::awaitable<void> Slot::run() {
  // The head of a slot: whatever happens below, what it had taken goes back.
  std::exception_ptr error;
  try {
    co_await serve();
  } catch (...) {
    error = std::current_exception();
  }
  abandon();
  if (error) std::rethrow_exception(error);
}

asio::awaitable<void> Slot::serve() {
  while (auto work = context_.ledger.take()) {
    busy_since_ = context_.execution.clock.monotonic();
    const bool opened = co_await open_entry(std::move(*work));
    if (!opened) continue;
    co_await find_worker(spec_of(executions_.front().execution.work()));
    if (executions_.front().sentence.kind != Sentence::Kind::none) {  // passed while the worker was being made
      const WorkerGone nobody;
      co_await on_end(nobody);
      continue;
    }
    hand_over(executions_.front());
    begin_front();
    co_await feed();
    while (!executions_.empty()) {
      auto events = co_await worker_->events();
      for (auto& event : events) {
        if (worker_) co_await handle(std::move(event));
      }
      context_.pace.tasks_took(results_, context_.execution.clock.monotonic() - busy_since_);
      if (results_ > 0) busy_since_ = context_.execution.clock.monotonic();
      results_ = 0;
      if (worker_ && !executions_.empty()) co_await feed();
    }
    part_with_worker();
  }
}

// Checks and opens; false: the task is finished already.
asio::awaitable<bool> Slot::open_entry(Work work) {
  Entry& entry = executions_.emplace_back(context_.execution, std::move(work), ++context_.next_task_id);
  Status ready = co_await entry.execution.prepare();
  if (ready) co_return true;
  auto completion = entry.execution.fail_with(ready.error(), is_retryable(ready.error().code), 0, 0);
  if (entry.sentence.kind == Sentence::Kind::forgotten) {
    context_.ledger.drop(entry.execution.work());
  } else {
    context_.ledger.finish(entry.execution.work(), std::move(completion), entry.execution.take_failure_record());
  }
  executions_.pop_back();
  context_.changed.notify();
  co_return false;
}

asio::awaitable<void> Slot::find_worker(WorkerSpec spec) {
  if (worker_ && worker_spec_ != spec) {
    context_.pool.give_back(std::move(worker_), worker_spec_);
  }
  std::string last_problem;
  while (!worker_) {
    std::string problem;
    try {
      worker_ = co_await context_.pool.acquire(spec);
    } catch (const SystemError& error) {
      if (error.kind() == SystemError::Kind::misconfigured) throw;
      problem = error.what();
    }
    if (!worker_) {
      if (problem != last_problem) context_.observer.notice("no worker can be started at present: " + problem);
      last_problem = problem;
      co_await sleep_for(overload_pause);
    }
    worker_tasks_ = 0;
    killed_ = false;
  }
  worker_spec_ = std::move(spec);
  worker_job_ = executions_.front().execution.work().lease->spec;
}

void Slot::hand_over(Entry& entry) {
  ++worker_tasks_;
  entry.with_worker = true;
  worker_->send(entry.execution.task_message(), entry.execution.take_descriptors());
}

void Slot::begin_front() {
  if (executions_.front().sentence.kind != Sentence::Kind::none) return kill_worker();  // passed before its turn came
  Execution& execution = executions_.front().execution;
  execution.begin();
  context_.observer.task_started(*execution.work().lease, execution.work().task());
}

// Sends tasks ahead, so that a worker for tiny ones need not wait for the next; has the next worker forked ahead, where
// each task gets its own.
asio::awaitable<void> Slot::feed() {
  const NodeOptions& options = context_.execution.options;
  const int waiting = static_cast<int>(context_.ledger.waiting());
  if (options.isolation == Isolation::document) {
    if (waiting > 0 && fits_worker(*context_.ledger.next())) {
      context_.pool.expect(worker_spec_, std::min(waiting, context_.slots));
    }
    co_return;
  }
  if (killed_) co_return;
  const int wanted = feed_ahead(waiting + static_cast<int>(executions_.size()), context_.slots, context_.pace);
  if (static_cast<int>(executions_.size()) > wanted / 2) co_return;
  while (static_cast<int>(executions_.size()) < wanted && worker_tasks_ < options.max_tasks_per_worker) {
    const Work* const next = context_.ledger.next();
    // What has to be fetched would keep the worker's messages waiting.
    if (next == nullptr || !fits_worker(*next) || !Execution::prepares_at_once(*next)) co_return;
    auto work = context_.ledger.take();
    const bool opened = co_await open_entry(std::move(*work));
    if (opened) hand_over(executions_.back());
  }
}

asio::awaitable<void> Slot::handle(WorkerEvent event) {
  if (const auto* progress = std::get_if<protocol::Progress>(&event)) {
    on(*progress);
  } else if (const auto* want = std::get_if<protocol::WantArtifact>(&event)) {
    on(*want);
  } else if (const auto* wanted = std::get_if<protocol::WantEntry>(&event)) {
    on(*wanted);
  } else if (const auto* keep = std::get_if<protocol::KeepEntry>(&event)) {
    on(*keep);
  } else if (auto* result = std::get_if<protocol::TaskResult>(&event)) {
    co_await on_result(std::move(*result));
  } else {
    co_await on_end(std::get<WorkerGone>(event));
  }
}

bool Slot::runs(std::uint64_t id) const { return !executions_.empty() && id == executions_.front().execution.id(); }

void Slot::on(const protocol::Progress& progress) {
  if (!runs(progress.id)) return;
  Execution& execution = executions_.front().execution;
  execution.progress(progress);
  context_.observer.task_progress(*execution.work().lease, execution.work().task(), progress.pages, progress.finished);
}

void Slot::on(const protocol::WantArtifact& want) {
  const bool known = runs(want.id);
  // A worker that is being killed gets no answer: it would take a refusal for outputs that cannot be written, and if it
  // could say so in time that would end the run.
  if (known && executions_.front().sentence.kind != Sentence::Kind::none) return;
  worker_->send_artifact(known ? executions_.front().execution.create_artifact(want.name) : Descriptor());
}

void Slot::on(const protocol::WantEntry& want) {
  worker_->send_entry(runs(want.id) ? executions_.front().execution.find_entry(want) : EntryAnswer());
}

void Slot::on(const protocol::KeepEntry& keep) {
  if (runs(keep.id)) executions_.front().execution.keep_entry(keep);
}

asio::awaitable<void> Slot::on_result(protocol::TaskResult result) {
  if (!runs(result.id)) {
    WorkerGone gone;
    gone.broken = "a result for a task that it does not have";
    worker_->kill();
    co_await on_end(std::move(gone));
    co_return;
  }
  ++results_;
  const bool out_of_memory = result.error && result.error->code == ErrorCode::out_of_memory;
  if (executions_.front().sentence.kind == Sentence::Kind::forgotten) {
    drop_front();
  } else if (!out_of_memory || !go_on_without_page(*result.error, result.retryable)) {
    // Even if its sentence has been passed meanwhile: it was in time.
    if (!result.error) context_.pool.task_succeeded();
    co_await complete_front(std::move(result));
  }
  if (out_of_memory) {
    kill_worker();  // it ends by itself now: no end of its to be judged, nothing to be given back to the pool
  } else if (!executions_.empty()) {
    begin_front();
  }
}

// Its lease may be lost while its outputs are on their way.
asio::awaitable<void> Slot::complete_front(protocol::TaskResult result) {
  Entry& front = executions_.front();
  front.with_worker = false;
  auto completion = co_await front.execution.complete(std::move(result));
  front.sentence.kind == Sentence::Kind::forgotten ? drop_front() : settle_front(std::move(completion));
}

void Slot::fail_front(Error error, const WorkerGone& gone) {
  const bool retryable = is_retryable(error.code);
  if (go_on_without_page(error, retryable)) return;
  settle_front(
      executions_.front().execution.fail_with(std::move(error), retryable, gone.cpu_seconds, gone.peak_memory));
}

// A page that costs a worker costs its document nothing but itself. The task is run again, here; what was recognised of
// it is remembered. False: it has failed as a whole.
bool Slot::go_on_without_page(const Error& error, bool retryable) {
  Execution& execution = executions_.front().execution;
  if (!execution.can_go_on_without_page(error, retryable)) return false;
  Work work = execution.work();
  const int page = execution.clock().at().page;
  context_.observer.notice(plain_path(work.task().document) + ": goes on without page " + std::to_string(page));
  work.lost_pages.push_back(error);
  work.lost_pages.back().page = page;
  executions_.pop_front();  // gives up what it has written
  context_.ledger.put_back(std::move(work));
  context_.changed.notify();
  return true;
}

// The worker has ended. What it ran is judged; what it had not begun waits again.
asio::awaitable<void> Slot::on_end(WorkerGone gone) {
  worker_.reset();
  if (executions_.empty()) co_return;
  context_.changed.notify();  // for what waits again there may be a slot without work
  put_back_all_but_front();
  Entry& front = executions_.front();
  Work work = front.execution.work();
  switch (front.sentence.kind) {
    case Sentence::Kind::forgotten:
      drop_front();
      co_return;
    case Sentence::Kind::released:
      settle_front(completion_of(work, Completion::Kind::released));
      co_return;
    case Sentence::Kind::failed:
      fail_front(front.sentence.error, gone);
      co_return;
    case Sentence::Kind::none:
      break;
  }
  const bool innocent = killed_ || (gone.server_died && work.lost_workers < most_lost_workers);
  if (innocent) {
    work.lost_workers += killed_ ? 0 : 1;
    context_.ledger.put_back(std::move(work));
    executions_.pop_front();
    co_return;
  }
  Error error = death(gone, front.execution.clock().at(), context_.execution.options);
  context_.observer.notice(plain_path(work.task().document) + ": " + error.message);
  fail_front(std::move(error), gone);
}

void Slot::put_back_all_but_front() {
  while (executions_.size() > 1) {
    Entry& last = executions_.back();
    if (last.sentence.kind == Sentence::Kind::forgotten) {
      context_.ledger.drop(last.execution.work());
    } else if (last.sentence.kind == Sentence::Kind::released) {
      Completion completion = completion_of(last.execution.work(), Completion::Kind::released);
      context_.ledger.finish(last.execution.work(), std::move(completion));
    } else {
      context_.ledger.put_back(last.execution.work());
    }
    executions_.pop_back();
  }
}

void Slot::drop_front() {
  context_.ledger.drop(executions_.front().execution.work());
  executions_.pop_front();
}

void Slot::settle_front(Completion completion) {
  Entry& front = executions_.front();
  Work work = front.execution.work();
  auto failure_record = front.execution.take_failure_record();
  executions_.pop_front();
  context_.ledger.finish(std::move(work), std::move(completion), std::move(failure_record));
  context_.changed.notify();
}

void Slot::supervise() {
  if (executions_.empty() || !worker_) return;
  Entry& front = executions_.front();
  if (front.sentence.kind != Sentence::Kind::none || !front.with_worker) return;
  TaskClock& clock = front.execution.clock();
  const auto now = context_.execution.clock.monotonic();
  if (const auto use = processor_use(worker_->pid())) clock.sample(*use, now);
  auto error = clock.over_time(now);
  if (!error && worker_->pid() > 0) {
    const auto memory = private_memory(worker_->pid(), context_.execution.options.memory_limit);
    if (memory) error = clock.over_memory(*memory);
  }
  if (!error) return;
  front.sentence = Sentence{Sentence::Kind::failed, *error};
  context_.observer.notice(plain_path(front.execution.work().task().document) + ": " + error->message);
  kill_worker();
}

void Slot::forget(Token token) { condemn(token, Sentence::Kind::forgotten); }
void Slot::release(Token token) { condemn(token, Sentence::Kind::released); }

void Slot::condemn(Token token, Sentence::Kind kind) {
  for (auto& entry : executions_) {
    if (entry.execution.work().lease->token != token) continue;
    entry.sentence.kind = kind;
    if (kind == Sentence::Kind::forgotten) entry.execution.disown();
  }
  if (!executions_.empty() && executions_.front().sentence.kind == kind && executions_.front().with_worker) {
    kill_worker();
  }
}

void Slot::kill_worker() {
  if (!worker_) return;
  killed_ = true;
  worker_->kill();
}

void Slot::part_with_worker() {
  if (!worker_) return;
  const NodeOptions& options = context_.execution.options;
  if (killed_ || options.isolation == Isolation::document || worker_tasks_ >= options.max_tasks_per_worker) {
    worker_.reset();
  } else if (context_.ledger.waiting() == 0) {
    context_.pool.give_back(std::move(worker_), worker_spec_);
  }
}

void Slot::abandon() {
  worker_.reset();
  while (!executions_.empty()) {
    Work work = executions_.front().execution.work();
    executions_.pop_front();
    Completion completion = completion_of(work, Completion::Kind::released);
    context_.ledger.finish(std::move(work), std::move(completion));
  }
  context_.changed.notify();
}

bool Slot::fits_worker(const Work& work) const {
  return work.lease->spec == worker_job_ || spec_of(work) == worker_spec_;
}

WorkerSpec Slot::spec_of(const Work& work) const {
  WorkerSpec spec;
  spec.pipeline = work.lease->spec->pipeline;
  spec.options = work.lease->spec->options;
  spec.memory_limit = context_.execution.options.memory_limit;
  spec.output_limit = context_.execution.options.output_limit;
  return spec;
}

}  // namespace docmill
