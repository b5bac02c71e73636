#include "node/ledger.hpp"

#include <gtest/gtest.h>

namespace docmill {
namespace {

Lease lease(std::uint64_t token, std::uint64_t first, std::uint64_t count) {
  Lease lease;
  lease.token = Token{token};
  lease.job = JobId{"job"};
  for (std::uint64_t i = first; i < first + count; ++i) {
    LeasedTask task;
    task.ref.index = i;
    lease.tasks.push_back(task);
  }
  return lease;
}

TEST(Ledger, HandsOutInOrderAndRenewsUntilCommitted) {
  Ledger ledger;
  ledger.add(lease(7, 0, 2));
  auto first = ledger.take();
  EXPECT_EQ(first->task().ref.index, 0U);
  ledger.finish(*first, completion_of(*first, Completion::Kind::done));
  const auto batch = ledger.next_batch(10);
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(ledger.tokens().size(), 1U);
  auto second = ledger.take();
  ledger.finish(*second, completion_of(*second, Completion::Kind::done));
  ledger.committed(batch);
  EXPECT_EQ(ledger.tokens().size(), 1U) << "one of its tasks is not committed yet";
  ledger.committed(ledger.next_batch(10));
  EXPECT_TRUE(ledger.tokens().empty());
  EXPECT_TRUE(ledger.empty());
}

TEST(Ledger, WhatIsFinishedUnderALostLeaseIsNeverCommitted) {
  Ledger ledger;
  ledger.add(lease(1, 0, 3));
  ledger.add(lease(2, 10, 1));
  auto running = ledger.take();
  auto done = ledger.take();
  ledger.finish(*done, completion_of(*done, Completion::Kind::done));
  ledger.forget(Token{1});
  ledger.finish(*running, completion_of(*running, Completion::Kind::done));
  EXPECT_EQ(ledger.finished(), 0U);
  EXPECT_EQ(ledger.waiting(), 1U);
  EXPECT_EQ(ledger.take()->task().ref.index, 10U);
}

TEST(Ledger, PutBackIsNextAgainUnlessItsLeaseIsLost) {
  Ledger ledger;
  ledger.add(lease(1, 0, 2));
  ledger.put_back(*ledger.take());
  EXPECT_EQ(ledger.next()->task().ref.index, 0U);
  auto work = ledger.take();
  ledger.forget(Token{1});
  ledger.put_back(*work);
  EXPECT_TRUE(ledger.empty());
}

TEST(Ledger, ReleasesWhatHasNotBegunOfOneLease) {
  Ledger ledger;
  ledger.add(lease(1, 0, 2));
  ledger.add(lease(2, 10, 2));
  ledger.release_waiting(Token{1});
  EXPECT_EQ(ledger.waiting(), 2U);
  const auto batch = ledger.next_batch(10);
  ASSERT_EQ(batch.size(), 2U);
  EXPECT_EQ(batch[0].completion.kind, Completion::Kind::released);
  EXPECT_EQ(batch[0].completion.token, Token{1});
}

}  // namespace
}  // namespace docmill
