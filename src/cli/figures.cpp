#include "cli/figures.hpp"

#include <algorithm>

namespace docmill::cli {
namespace {

// Long enough for slow pages, short enough to follow a change from scans to born-digital pages.
constexpr std::chrono::seconds window{60};
constexpr std::chrono::milliseconds sample_every{500};
// A rate from less than this is a guess.
constexpr double seconds_before_estimate = 2;
constexpr std::size_t documents_before_estimate = 3;

double seconds_between(Moment from, Moment to) { return std::chrono::duration<double>(to - from).count(); }

std::uint64_t pages_in(const PageRange& range) {
  return static_cast<std::uint64_t>(std::max(0, range.last - range.first + 1));
}

}  // namespace

std::optional<double> seconds_left(const Evidence& evidence) {
  if (evidence.pages_per_second <= 0) return std::nullopt;
  auto pages = static_cast<double>(evidence.pages_ahead);
  if (evidence.documents_not_begun > 0) {
    if (evidence.finished_pages.size() < documents_before_estimate) return std::nullopt;
    std::vector<int> sizes(evidence.finished_pages.begin(), evidence.finished_pages.end());
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    pages += static_cast<double>(*middle) * static_cast<double>(evidence.documents_not_begun);
  }
  return pages / evidence.pages_per_second;
}

FigureKeeper::FigureKeeper(std::uint64_t done_before, std::uint64_t partial_before, Moment start)
    : done_before_(done_before), partial_before_(partial_before) {
  samples_.push_back(Sample{start, 0});
}

void FigureKeeper::follow(const JobStatus& status) {
  status_ = status;
  pages_done_ = status.pages;
  counts_pages_ = counts_pages_ || status.pages > 0;
  const auto done = status.counters.done;
  // The only size that is known is the mean.
  const auto mean = done == 0 ? 0 : static_cast<int>((status.pages + done / 2) / done);
  finished_pages_.assign(done < documents_before_estimate ? 0 : documents_before_estimate, mean);
}

void FigureKeeper::started(const LeasedTask& task) {
  const auto [running, is_new] = running_.try_emplace(task.ref);
  if (!is_new) {  // once more, in another worker
    pages_done_ -= std::min(pages_done_, static_cast<std::uint64_t>(running->second.finished));
    running->second = Running();
    return;
  }
  if (task.kind == TaskKind::part) waiting_part_pages_ -= std::min(waiting_part_pages_, pages_in(task.pages));
}

bool FigureKeeper::progress(const LeasedTask& task, int pages, int finished) {
  auto& running = running_[task.ref];
  if (pages > 0) counts_pages_ = true;
  running.pages = pages;
  if (task.kind == TaskKind::merge || finished <= running.finished) return false;  // a merge's were counted as parts'
  pages_done_ += static_cast<std::uint64_t>(finished - running.finished);
  running.finished = finished;
  return true;
}

void FigureKeeper::finished(const LeasedTask& task, const Completion& completion) {
  const auto running = running_[task.ref];
  running_.erase(task.ref);
  if (task.kind == TaskKind::merge) {
    if (completion.kind == Completion::Kind::done) note_finished(task.ref.index, static_cast<int>(completion.pages));
    return;
  }
  // What was counted on the way gives place to what was committed.
  pages_done_ -= std::min(pages_done_, static_cast<std::uint64_t>(running.finished));
  if (completion.kind == Completion::Kind::done) {
    pages_done_ += completion.pages;
    if (task.kind == TaskKind::document && completion.pages > 0) {
      note_finished(task.ref.index, static_cast<int>(completion.pages));
    }
    return;
  }
  if (completion.kind == Completion::Kind::split) {
    counts_pages_ = true;
    for (const auto& part : completion.parts) waiting_part_pages_ += pages_in(part);
    split_.insert(task.ref.index);
  } else if (task.kind == TaskKind::part && completion.kind == Completion::Kind::released) {
    waiting_part_pages_ += pages_in(task.pages);
  }
}

void FigureKeeper::note_finished(std::uint64_t document, int pages) {
  split_.erase(document);
  finished_pages_.push_back(pages);
}

double FigureKeeper::rate(Moment now, double amount) {
  if (now - samples_.back().at >= sample_every) samples_.push_back(Sample{now, amount});
  while (samples_.size() > 2 && now - samples_.front().at > window) samples_.pop_front();
  const double seconds = seconds_between(samples_.front().at, now);
  return seconds <= 0 ? 0 : std::max(0.0, amount - samples_.front().amount) / seconds;
}

std::uint64_t FigureKeeper::pages_ahead() const {
  std::uint64_t ahead = waiting_part_pages_;
  for (const auto& [ref, running] : running_) {
    ahead += static_cast<std::uint64_t>(std::max(0, running.pages - running.finished));
  }
  return ahead;
}

// In pages where they are known, else in documents.
std::optional<double> FigureKeeper::time_left(const Counters& counts, double per_second) const {
  const auto documents_left = counts.waiting + counts.retrying + counts.leased;
  if (per_second <= 0) return std::nullopt;
  if (!counts_pages_) return static_cast<double>(documents_left) / per_second;
  std::set<std::uint64_t> begun = split_;
  for (const auto& [ref, running] : running_) {
    if (ref.part > 0 || running.pages > 0) begun.insert(ref.index);
  }
  Evidence evidence;
  evidence.pages_ahead = pages_ahead();
  evidence.documents_not_begun = documents_left - std::min<std::uint64_t>(documents_left, begun.size());
  evidence.finished_pages = finished_pages_;
  evidence.pages_per_second = per_second;
  return seconds_left(evidence);
}

Figures FigureKeeper::at(Moment now) {
  const auto& counts = status_.counters;
  Figures figures;
  figures.documents = done_before_ + counts.total();
  figures.ended = done_before_ + counts.done + counts.failed + counts.cancelled;
  figures.failed = counts.failed;
  figures.partial = partial_before_ + status_.partial;
  figures.pages = pages_done_;
  figures.counts_pages = counts_pages_;
  const double amount =
      figures.counts_pages ? static_cast<double>(pages_done_) : static_cast<double>(counts.done + counts.failed);
  figures.per_second = rate(now, amount);
  if (seconds_between(samples_.front().at, now) >= seconds_before_estimate) {
    figures.seconds_left = time_left(counts, figures.per_second);
  }
  return figures;
}

}  // namespace docmill::cli
