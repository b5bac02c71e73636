// Ledger: the tasks that a node holds: leased and waiting, given out to a worker, finished and to be committed.
// Plain state, no coroutines. Promise 2: what is finished under a lease that was lost meanwhile is never committed
// here.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/broker.hpp"
#include "node/artifact_store.hpp"

namespace docmill {

// One task of a lease.
struct Work {
  std::shared_ptr<const Lease> lease;
  std::size_t position = 0;
  int lost_workers = 0;             // times it was lost here through no fault of its own
  std::vector<Error> lost_pages{};  // that cost it a worker each, with what befell that: to be left out

  const LeasedTask& task() const { return lease->tasks[position]; }
  ArtifactOwner owner() const { return ArtifactOwner{lease->job, task().ref, task().document}; }
};

struct Finished {
  Work work;
  Completion completion;
  std::string failure_record;  // of a document that failed for good, for when that is accepted; empty: none
};

class Ledger {
 public:
  void add(Lease lease);

  // The next task to run. What is taken comes back by exactly one of put_back(), finish() and drop().
  std::optional<Work> take();
  const Work* next() const { return waiting_.empty() ? nullptr : &waiting_.front(); }
  void put_back(Work work);  // it is next again
  void finish(Work work, Completion completion, std::string failure_record = "");
  void drop(const Work& work);  // its lease is lost: nobody wants to hear of it

  // Up to `most` to be committed; they stay in the books until committed().
  std::vector<Finished> next_batch(std::size_t most);
  void committed(const std::vector<Finished>& batch);

  // The broker says that the lease is no longer ours.
  void forget(Token token);
  bool holds(Token token) const { return uncommitted_.contains(token.value); }

  // Gives back what has not begun: all of it, or of one lease.
  void release_waiting();
  void release_waiting(Token token);

  std::vector<Token> tokens() const;  // of leases to be renewed
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t taken() const { return taken_; }
  std::size_t finished() const { return finished_.size(); }
  bool empty() const { return waiting_.empty() && taken_ == 0 && finished_.empty(); }

 private:
  std::deque<Work> waiting_;
  std::size_t taken_ = 0;
  std::deque<Finished> finished_;
  std::unordered_map<std::uint64_t, std::size_t> uncommitted_;  // tasks by token
};

// A completion without content, of this task.
Completion completion_of(const Work& work, Completion::Kind kind);

}  // namespace docmill
