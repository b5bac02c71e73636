// The rules about who may be given what: the needs of jobs and the offers of nodes.
#include <gmock/gmock.h>

#include "tests/conformance/fixture.hpp"

namespace docmill::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

JobSpec with_needs(std::vector<std::string> needs) {
  JobSpec spec;
  spec.needs = std::move(needs);
  return spec;
}

std::vector<JobId> jobs_of(const std::vector<Lease>& leases) {
  std::vector<JobId> jobs;
  for (const Lease& lease : leases) jobs.push_back(lease.job);
  return jobs;
}

TEST_P(BrokerConformance, ANodeIsGivenOnlyWhatItOffersToDo) {
  const JobId german = submit(2, with_needs({"lang:deu", "ocr"}));
  const JobId english = submit(2, with_needs({"lang:eng", "ocr"}));
  const ExchangeReply reply = exchange({}, 10, {"ocr", "lang:eng", "nlp"});
  EXPECT_THAT(jobs_of(reply.leases), ElementsAre(english));
  EXPECT_FALSE(reply.more);
  EXPECT_FALSE(exchange({}, 10, {"lang:deu"}).more) << "every word is needed, not one of them";
  EXPECT_TRUE(exchange({}, 0, {"ocr", "lang:deu"}).more);
  EXPECT_THAT(jobs_of(lease(10, {"lang:deu", "ocr"})), ElementsAre(german));
}

TEST_P(BrokerConformance, ANodeThatOffersNothingInParticularIsGivenEverything) {
  const JobId german = submit(1, with_needs({"lang:deu", "ocr"}));
  const JobId reserved = submit(1, with_needs({"run:7"}));
  EXPECT_THAT(jobs_of(lease(10)), ElementsAre(german, reserved));
}

TEST_P(BrokerConformance, AJobWithoutNeedsIsGivenToAnyNode) {
  const JobId job = submit(1);
  EXPECT_THAT(jobs_of(lease(10, {"nlp"})), ElementsAre(job));
}

TEST_P(BrokerConformance, WordsAreComparedAsAWhole) {
  submit(1, with_needs({"lang:chi_sim"}));
  submit(1, with_needs({"a", "bc"}));
  EXPECT_THAT(lease(10, {"lang:chi", "lang:chi_sim_vert", "lang:"}), IsEmpty());
  EXPECT_THAT(lease(10, {"ab", "c", "a"}), IsEmpty());
  EXPECT_THAT(lease(10, {"bc", "a", "lang:chi_sim"}), SizeIs(2));
}

TEST_P(BrokerConformance, TurnsAreFairAmongTheJobsThatANodeMayBeGiven) {
  const JobId german = submit(40, with_needs({"lang:deu"}));
  const JobId english = submit(40, with_needs({"lang:eng"}));
  const JobId reserved = submit(40, with_needs({"run:7"}));
  std::vector<JobId> turns;
  for (int turn = 0; turn < 4; ++turn) turns.push_back(lease(2, {"lang:deu", "lang:eng"}).at(0).job);
  EXPECT_THAT(turns, ElementsAre(german, english, german, english));
  EXPECT_EQ(lease(2, {"run:7"}).at(0).job, reserved);
}

TEST_P(BrokerConformance, NeedsAreKeptWithTheJob) {
  const JobId job = submit(1, with_needs({"lang:deu", "ocr"}));
  EXPECT_THAT(lease_one(1).spec->needs, ElementsAre("lang:deu", "ocr"));
  EXPECT_THAT(status(job).spec.needs, ElementsAre("lang:deu", "ocr"));
  EXPECT_THAT(status(submit(1)).spec.needs, IsEmpty());
}

TEST_P(BrokerConformance, MalformedNeedsAreRefusedAndTheNumberOfTheCallIsStillFree) {
  for (const std::vector<std::string>& needs : std::vector<std::vector<std::string>>{
           {"ocr", "lang:deu"}, {"ocr", "ocr"}, {""}, {"a b"}, {std::string(129, 'x')}}) {
    const Result<CreatedJob> refused = broker.create({.id = {.client = "c", .sequence = 1}, .spec = with_needs(needs)});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_option);
  }
  EXPECT_THAT(broker.all_jobs(10), IsEmpty());
  EXPECT_TRUE(broker.create({.id = {.client = "c", .sequence = 1}, .spec = with_needs({"ocr"})}).has_value());
}

TEST_P(BrokerConformance, MalformedOffersAreRefused) {
  submit(1);
  for (const std::vector<std::string>& offers :
       std::vector<std::vector<std::string>>{{""}, {"a b"}, std::vector<std::string>(1'001, "ocr")}) {
    const Result<ExchangeReply> refused =
        broker.exchange({.id = next_request(), .node = NodeId{"n"}, .completions = {}, .want = 1, .offers = offers});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_option);
  }
  EXPECT_THAT(lease(1, std::vector<std::string>(1'000, "ocr")), SizeIs(1));
}

TEST_P(BrokerConformance, ANodeIsListedWithWhatItOffers) {
  NodeInfo node;
  node.id = NodeId{"n"};
  node.offers = {"ocr", "lang:eng"};
  broker.register_node(node);
  EXPECT_THAT(broker.nodes().at(0).offers, ElementsAre("ocr", "lang:eng"));
  node.offers = {};
  broker.register_node(node);
  EXPECT_THAT(broker.nodes().at(0).offers, IsEmpty());
}

}  // namespace
}  // namespace docmill::test
