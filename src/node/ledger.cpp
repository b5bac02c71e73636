#include "node/ledger.hpp"

#include <algorithm>

namespace docmill {

Completion completion_of(const Work& work, Completion::Kind kind) {
  Completion completion;
  completion.token = work.lease->token;
  completion.ref = work.task().ref;
  completion.kind = kind;
  return completion;
}

void Ledger::add(Lease lease) {
  if (lease.tasks.empty()) return;
  const auto shared = std::make_shared<const Lease>(std::move(lease));
  uncommitted_[shared->token.value] += shared->tasks.size();
  for (std::size_t i = 0; i < shared->tasks.size(); ++i) waiting_.push_back({shared, i});
}

std::optional<Work> Ledger::take() {
  if (waiting_.empty()) return std::nullopt;
  std::optional<Work> work = std::move(waiting_.front());
  waiting_.pop_front();
  ++taken_;
  return work;
}

void Ledger::put_back(Work work) {
  --taken_;
  if (holds(work.lease->token)) waiting_.push_front(std::move(work));
}

void Ledger::finish(Work work, Completion completion, std::string failure_record) {
  --taken_;
  if (!holds(work.lease->token)) return;
  finished_.push_back({std::move(work), std::move(completion), std::move(failure_record)});
}

void Ledger::drop(const Work& work) {
  --taken_;
  const auto lease = uncommitted_.find(work.lease->token.value);
  if (lease != uncommitted_.end() && --lease->second == 0) uncommitted_.erase(lease);
}

std::vector<Finished> Ledger::next_batch(std::size_t most) {
  const auto count = std::min(most, finished_.size());
  const auto end = finished_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Finished> batch(std::make_move_iterator(finished_.begin()), std::make_move_iterator(end));
  finished_.erase(finished_.begin(), end);
  return batch;
}

void Ledger::committed(const std::vector<Finished>& batch) {
  for (const auto& finished : batch) {
    const auto lease = uncommitted_.find(finished.work.lease->token.value);
    if (lease != uncommitted_.end() && --lease->second == 0) uncommitted_.erase(lease);
  }
}

void Ledger::forget(Token token) {
  uncommitted_.erase(token.value);
  const auto is_lost = [&](const auto& entry) {
    if constexpr (std::is_same_v<std::decay_t<decltype(entry)>, Work>) {
      return entry.lease->token == token;
    } else {
      return entry.work.lease->token == token;
    }
  };
  std::erase_if(waiting_, is_lost);
  std::erase_if(finished_, is_lost);
}

void Ledger::release_waiting() {
  for (auto& work : std::exchange(waiting_, {})) {
    Completion completion = completion_of(work, Completion::Kind::released);
    finished_.push_back({std::move(work), std::move(completion), ""});
  }
}

void Ledger::release_waiting(Token token) {
  for (auto& work : std::exchange(waiting_, {})) {
    if (work.lease->token == token) {
      Completion completion = completion_of(work, Completion::Kind::released);
      finished_.push_back({std::move(work), std::move(completion), ""});
    } else {
      waiting_.push_back(std::move(work));
    }
  }
}

std::vector<Token> Ledger::tokens() const {
  std::vector<Token> tokens;
  tokens.reserve(uncommitted_.size());
  for (const auto& [token, count] : uncommitted_) tokens.push_back(Token{token});
  return tokens;
}

}  // namespace docmill
