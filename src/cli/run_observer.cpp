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
    } else if (task.kind != TaskKind::part) {
      view_.failed(task.document, completion.error);
    }
  }
}

}  // namespace docmill::cli
