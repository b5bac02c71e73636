// The figures of a run: what is done, how fast, how much longer. Pure bookkeeping; times are handed in.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "broker/broker.hpp"

namespace docmill::cli {

using Moment = std::chrono::steady_clock::time_point;

// What is shown at one moment.
struct Figures {
  std::uint64_t documents = 0;  // of the whole run, those that were done before included
  std::uint64_t ended = 0;      // done or failed, now or before
  std::uint64_t failed = 0;
  std::uint64_t partial = 0;
  std::uint64_t pages = 0;  // finished by this run
  double per_second = 0;    // pages lately; documents where no pages are counted
  bool counts_pages = false;
  std::optional<double> seconds_left;  // unknown at the beginning
};

// What the time left is guessed from.
struct Evidence {
  std::uint64_t pages_ahead = 0;  // known: of documents begun, their parts included
  std::uint64_t documents_not_begun = 0;
  std::span<const int> finished_pages;  // of each document that is finished
  double pages_per_second = 0;
};

// Pages ahead, and for documents not begun the median of the finished ones: one huge document must not make all others
// look huge. Nothing: below three finished documents the others' pages are not guessed at.
std::optional<double> seconds_left(const Evidence& evidence);

// Follows the tasks of one job.
class FigureKeeper {
 public:
  FigureKeeper(std::uint64_t done_before, std::uint64_t partial_before, Moment start);

  // From the broker, now and then: the truth about documents.
  void job(const JobStatus& status) { status_ = status; }
  // The same for a job that others work on, of whose tasks nothing is heard: its pages are taken from there, too.
  void follow(const JobStatus& status);

  // Again, if its worker was lost.
  void started(const LeasedTask& task);
  // True when another page is finished: the node also tells about pages that are begun.
  bool progress(const LeasedTask& task, int pages, int finished);
  void finished(const LeasedTask& task, const Completion& completion);

  // Also takes a sample for the rate: call it regularly.
  Figures at(Moment now);

 private:
  struct Running {
    int pages = 0;  // 0: not known yet
    int finished = 0;
  };
  struct Sample {
    Moment at;
    double amount;
  };

  void note_finished(std::uint64_t document, int pages);
  double rate(Moment now, double amount);
  std::uint64_t pages_ahead() const;
  std::optional<double> time_left(const Counters& counts, double per_second) const;

  const std::uint64_t done_before_;
  const std::uint64_t partial_before_;
  JobStatus status_;
  std::map<TaskRef, Running> running_;
  std::uint64_t pages_done_ = 0;
  bool counts_pages_ = false;
  std::set<std::uint64_t> split_;         // documents in parts that are not merged yet
  std::vector<int> finished_pages_;       // of each document that is finished
  std::uint64_t waiting_part_pages_ = 0;  // of parts that nobody has begun
  std::deque<Sample> samples_;
};

}  // namespace docmill::cli
