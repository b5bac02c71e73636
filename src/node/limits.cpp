#include "node/limits.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "runtime/child_process.hpp"

namespace docmill {
namespace {

constexpr double megapixels_per_page_time = 10;

std::string in_seconds(std::chrono::nanoseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g s", std::chrono::duration<double>(time).count());
  return text;
}

std::string in_mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

}  // namespace

std::string place(const protocol::Progress& at) {
  if (at.page <= 0) return "";
  const std::string pages = at.pages > 1 && at.page <= at.pages ? " of " + std::to_string(at.pages) : "";
  return "page " + std::to_string(at.page) + pages + ": ";
}

void TaskClock::progress(const protocol::Progress& progress, std::chrono::nanoseconds now) {
  at_ = progress;
  last_progress_ = counted(now);
  extra_megapixels_ += std::clamp(progress.megapixels - megapixels_per_page_time, 0.0, 1e4);
}

void TaskClock::sample(const ProcessorUse& use, std::chrono::nanoseconds now) {
  if (last_sample_ && use.runnable) {
    const auto on_cores = use.time - last_sample_->processor;
    lost_ += std::max(now - last_sample_->now - on_cores, std::chrono::nanoseconds{0});
  }
  last_sample_ = Sample{use.time, now};
}

Millis TaskClock::budget() const {
  if (options_->task_timeout > Millis{0}) return options_->task_timeout;
  // Until the document is open it has no pages, and no page's time: a loop in opening ends after the base time.
  const double pages = std::clamp(at_.pages, 0, 1'000'000) + extra_megapixels_ / megapixels_per_page_time;
  return options_->base_timeout + std::chrono::duration_cast<Millis>(options_->page_timeout * pages);
}

std::optional<Error> TaskClock::over_time(std::chrono::nanoseconds now) const {
  if (counted(now) - started_ > budget()) {
    return fail(ErrorCode::timeout, place(at_) + "not finished within the " + in_seconds(budget()) + " allowed",
                at_.page);
  }
  if (options_->stall_timeout > Millis{0} && counted(now) - last_progress_ > options_->stall_timeout) {
    return fail(ErrorCode::timeout, place(at_) + "no progress for " + in_seconds(options_->stall_timeout), at_.page);
  }
  return std::nullopt;
}

std::optional<Error> TaskClock::over_memory(std::uint64_t private_bytes) const {
  if (options_->memory_limit == 0 || private_bytes <= options_->memory_limit) return std::nullopt;
  return fail(ErrorCode::out_of_memory,
              place(at_) + "took " + in_mebibytes(private_bytes) + " of memory; " +
                  in_mebibytes(options_->memory_limit) + " are allowed",
              at_.page);
}

Error death(const WorkerGone& gone, const protocol::Progress& at, const NodeOptions& options) {
  const std::string where = place(at);
  if (gone.server_died) {
    return fail(ErrorCode::crashed, where + "the worker was lost with its fork server", at.page);
  }
  if (!gone.broken.empty()) {
    return fail(ErrorCode::crashed, where + "the worker sent something malformed: " + gone.broken, at.page);
  }
  if (WIFEXITED(gone.status) && WEXITSTATUS(gone.status) == protocol::exit_out_of_memory) {
    return fail(ErrorCode::out_of_memory,
                where + "needs more memory than the " + in_mebibytes(options.memory_limit) + " allowed", at.page);
  }
  if (WIFEXITED(gone.status)) {
    return fail(ErrorCode::crashed, where + "the worker ended without an answer (" + describe_exit(gone.status) + ")",
                at.page);
  }
  if (WTERMSIG(gone.status) == SIGXFSZ) {
    return fail(ErrorCode::too_large,
                where + "an output grew over the " + in_mebibytes(options.output_limit) + " allowed", at.page);
  }
  const char* const hint =
      WTERMSIG(gone.status) == SIGKILL ? "; if nobody killed it, the machine ran out of memory" : "";
  return fail(ErrorCode::crashed, where + "the worker died of " + describe_exit(gone.status) + hint, at.page);
}

}  // namespace docmill
