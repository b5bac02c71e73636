#include "cli/waiting.hpp"

#include <gtest/gtest.h>

namespace docmill::cli {
namespace {

JobStatus waiting_job() {
  JobStatus job;
  job.state = JobState::running;
  job.counters.waiting = 3;
  job.spec.needs = {"lang:deu", "ocr"};
  return job;
}

NodeInfo node_with(std::vector<std::string> offers) {
  NodeInfo node;
  node.offers = std::move(offers);
  return node;
}

TEST(WhatItWaitsFor, IsWhatNoNodeOffers) {
  EXPECT_EQ(what_it_waits_for(waiting_job(), {node_with({"nlp"}), node_with({"lang:eng", "ocr"})}),
            "a node with lang:deu");
  EXPECT_EQ(what_it_waits_for(waiting_job(), {node_with({"nlp"})}), "a node with lang:deu, ocr");
  EXPECT_EQ(what_it_waits_for(waiting_job(), {}), "a node: none is at work");
}

TEST(WhatItWaitsFor, IsNothingWhereOneNodeOffersAll) {
  EXPECT_FALSE(what_it_waits_for(waiting_job(), {node_with({"nlp"}), node_with({"lang:deu", "lang:eng", "ocr"})}));
  EXPECT_FALSE(what_it_waits_for(waiting_job(), {node_with({})}));
}

TEST(WhatItWaitsFor, IsNothingWhereNothingWaitsOrNothingMayRun) {
  JobStatus paused = waiting_job();
  paused.state = JobState::paused;
  JobStatus at_work = waiting_job();
  at_work.counters = {.leased = 3};
  EXPECT_FALSE(what_it_waits_for(paused, {}));
  EXPECT_FALSE(what_it_waits_for(at_work, {}));
}

}  // namespace
}  // namespace docmill::cli
