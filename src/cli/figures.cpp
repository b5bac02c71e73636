#include "cli/figures.hpp"

#include <algorithm>

namespace docmill::cli {
namespace {

// Long enough for slow pages, short enough to follow a change from scans to born-digital pages.
constexpr std::chrono::seconds window{60};
constexpr std::chrono::milliseconds sample_every{500};
// A rate from less than this is a guess.
constexpr double seconds_before_estimate = 2;

double seconds_between(Moment from, Moment to) { return std::chrono::duration<double>(to - from).count(); }

std::uint64_t pages_in(const PageRange& range) {
  return static_cast<std::uint64_t>(std::max(0, range.last - range.first + 1));
}

}  // namespace

FigureKeeper::FigureKeeper(std::uint64_t done_before, std::uint64_t partial_before, Moment start)
    : done_before_(done_before), partial_before_(partial_before) {
  samples_.push_back(Sample{start, 0});
}

void FigureKeeper::started(const LeasedTask& task) {
  running_[task.ref] = Running();
  if (task.kind == TaskKind::part) waiting_part_pages_ -= std::min(waiting_part_pages_, pages_in(task.pages));
}

bool FigureKeeper::progress(const LeasedTask& task, int pages, int finished) {
  auto& running = running_[task.ref];
  if (running.pages == 0 && pages > 0 && task.kind == TaskKind::document) {
    ++measured_documents_;
    measured_pages_ += static_cast<std::uint64_t>(pages);
  }
  running.pages = pages;
  if (task.kind == TaskKind::merge || finished <= running.finished) return false;  // a merge's were counted as parts'
  pages_done_ += static_cast<std::uint64_t>(finished - running.finished);
  running.finished = finished;
  return true;
}

void FigureKeeper::finished(const LeasedTask& task, const Completion& completion) {
  const auto running = running_[task.ref];
  running_.erase(task.ref);
  if (task.kind == TaskKind::merge) return;
  // What was counted on the way gives place to what was committed.
  pages_done_ -= std::min(pages_done_, static_cast<std::uint64_t>(running.finished));
  if (completion.kind == Completion::Kind::done) {
    pages_done_ += completion.pages;
    return;
  }
  if (completion.kind == Completion::Kind::split) {
    std::uint64_t pages = 0;
    for (const auto& part : completion.parts) pages += pages_in(part);
    waiting_part_pages_ += pages;
    if (running.pages == 0) ++measured_documents_;
    measured_pages_ += pages - std::min(pages, static_cast<std::uint64_t>(running.pages));
  } else if (task.kind == TaskKind::part && completion.kind == Completion::Kind::released) {
    waiting_part_pages_ += pages_in(task.pages);
  }
}

double FigureKeeper::rate(Moment now, double amount) {
  if (now - samples_.back().at >= sample_every) samples_.push_back(Sample{now, amount});
  while (samples_.size() > 2 && now - samples_.front().at > window) samples_.pop_front();
  const double seconds = seconds_between(samples_.front().at, now);
  return seconds <= 0 ? 0 : std::max(0.0, amount - samples_.front().amount) / seconds;
}

// In pages where they are known, else in documents.
double FigureKeeper::amount_left(const Counters& counts) const {
  const auto documents_left = counts.waiting + counts.retrying + counts.leased;
  if (measured_documents_ == 0) return static_cast<double>(documents_left);
  double left = static_cast<double>(waiting_part_pages_);
  std::uint64_t begun = 0;
  for (const auto& [ref, running] : running_) {
    if (ref.part != 0) {
      left += running.pages - running.finished;
    } else if (running.pages > 0) {
      left += running.pages - running.finished;
      ++begun;
    }
  }
  const double average = static_cast<double>(measured_pages_) / static_cast<double>(measured_documents_);
  return left + average * static_cast<double>(documents_left - std::min(documents_left, begun));
}

Figures FigureKeeper::at(Moment now) {
  const auto& counts = status_.counters;
  Figures figures;
  figures.documents = done_before_ + counts.total();
  figures.ended = done_before_ + counts.done + counts.failed + counts.cancelled;
  figures.failed = counts.failed;
  figures.partial = partial_before_ + status_.partial;
  figures.pages = pages_done_;
  figures.counts_pages = measured_documents_ > 0;
  const double amount =
      figures.counts_pages ? static_cast<double>(pages_done_) : static_cast<double>(counts.done + counts.failed);
  figures.per_second = rate(now, amount);
  if (figures.per_second > 0 && seconds_between(samples_.front().at, now) >= seconds_before_estimate) {
    figures.seconds_left = amount_left(counts) / figures.per_second;
  }
  return figures;
}

}  // namespace docmill::cli
