#include "cli/run_observer.hpp"

namespace docmill::cli {

void RunObserver::task_started(const Lease& /*lease*/, const LeasedTask& task) {
  keeper_.started(task);
  view_.started(task);
}

void RunObserver::task_progress(const Lease& /*lease*/, const LeasedTask& task, int pages, int finished) {
  if (keeper_.progress(task, pages, finished)) view_.page(task, pages, finished);
}

void RunObserver::task_finished(const Lease& lease, const LeasedTask& task, const Completion& completion) {
  keeper_.finished(task, completion);
  if (completion.kind == Completion::Kind::done) {
    if (task.kind != TaskKind::part) view_.done(task, completion);
  } else if (completion.kind == Completion::Kind::failed) {
    if (completion.retryable && task.attempt < lease.spec->retry.max_attempts) {
      view_.retry(task, completion.error);
    } else if (task.kind == TaskKind::part) {
      part_failed(task, completion.error);
    } else {
      view_.failed(task.document, completion.error);
    }
  }
}

void RunObserver::part_failed(const LeasedTask& task, const Error& error) {
  auto& failed = failed_parts_[task.ref.index];
  ++failed.count;
  if (failed.lowest == 0 || task.ref.part < failed.lowest) {
    failed.lowest = task.ref.part;
    failed.error = error;
  }
  if (failed.count == task.part_count) {
    view_.failed(task.document, failed.error);
    failed_parts_.erase(task.ref.index);
  }
}

}  // namespace docmill::cli
