// RunObserver: what the node tells, passed on to the figures and to what is shown, and turned from tasks into
// documents.
#pragma once

#include "cli/figures.hpp"
#include "cli/progress.hpp"
#include "node/node.hpp"

namespace docmill::cli {

// Both references outlive it.
class RunObserver final : public NodeObserver {
 public:
  RunObserver(FigureKeeper& keeper, ProgressView& view) : keeper_(keeper), view_(view) {}

  void task_started(const Lease& lease, const LeasedTask& task) override;
  void task_progress(const Lease& lease, const LeasedTask& task, int pages, int finished) override;
  void task_finished(const Lease& lease, const LeasedTask& task, const Completion& completion) override;
  void notice(const std::string& message) override { view_.notice(message); }

 private:
  FigureKeeper& keeper_;
  ProgressView& view_;
};

}  // namespace docmill::cli
