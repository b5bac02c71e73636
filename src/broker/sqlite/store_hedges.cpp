// Tasks that are given to a second node while the first still holds them: whoever ends it first has ended it.
#include "broker/sqlite/store.hpp"
#include "core/needs.hpp"

namespace docmill::sqlite {
namespace {

constexpr int most_looked_at = 256;

}  // namespace

void Store::hedge(const Exchange& request, std::uint64_t want, std::vector<Token>& tokens) {
  for (const LeaseRow& lease : tasks_.granted_first(most_looked_at)) {
    if (want == 0) return;
    if (!may_hedge(lease, request)) continue;
    JobRow& job = jobs_.at(lease.job);
    for (std::uint64_t i = lease.count; i > 0 && want > 0; --i) {
      const TaskRef ref{.index = lease.first.index + i - 1, .part = lease.first.part};
      if (!lease.holds(ref) || (job.hedges > 0 && tasks_.hedge(job.number, ref))) continue;
      LeaseRow second;
      second.single = lease.single;
      second.first = ref;
      second.deliveries = lease.deliveries;
      tokens.push_back(grant(job, std::move(second), request));
      const HedgeRow row{.job = job.number, .ref = ref, .first = lease.token, .second = tokens.back()};
      tasks_.put(row);
      ++job.hedges;
      --want;
    }
  }
}

bool Store::may_hedge(const LeaseRow& lease, const Exchange& request) {
  const TimePoint now = clock_.now();
  if (now >= lease.expires_at || lease.node == request.node || lease.granted_at > now - request.hedge_after) {
    return false;
  }
  const JobRow& job = jobs_.at(lease.job);
  return state_of(job) == JobState::running && covers(request.offers, split_words(job.needs));
}

bool Store::leave_to_other(JobRow& job, Token token, TaskRef ref) {
  if (job.hedges == 0) return false;
  std::optional<HedgeRow> row = tasks_.hedge(job.number, ref);
  if (!row) return false;
  if (row->other(token) == Token{}) {
    tasks_.erase(*row);
    --job.hedges;
    return false;
  }
  row->drop(token);
  tasks_.put(*row);
  return true;
}

void Store::take_from_other(Completing& state, JobRow& job, Token token, TaskRef ref) {
  if (job.hedges == 0) return;
  const std::optional<HedgeRow> row = tasks_.hedge(job.number, ref);
  if (!row) return;
  tasks_.erase(*row);
  --job.hedges;
  const Token other = row->other(token);
  if (other == Token{}) return;
  const auto known = state.leases.find(other);
  if (known != state.leases.end() && known->second) return known->second->let_go(ref);  // written with the others

  LeaseRow lease = tasks_.lease(other).value();  // also one that has expired and was not found yet
  lease.let_go(ref);
  if (lease.holds_any()) {
    tasks_.update(lease);
  } else {
    tasks_.erase(other);
    --job.leases;
  }
}

}  // namespace docmill::sqlite
