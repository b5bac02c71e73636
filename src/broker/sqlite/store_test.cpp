#include "broker/sqlite/store.hpp"

#include <gtest/gtest.h>

#include "broker/sqlite/schema.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_dir.hpp"

namespace docmill::sqlite {
namespace {

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    SqliteOptions options;
    options.path = directory_.path() / "broker.db";
    database_ = open_database(options);
    store_ = std::make_unique<Store>(*database_, clock_, false);
  }

  void begin() {
    database_->execute("BEGIN IMMEDIATE");
    store_->begin();
  }

  void create(const std::string& options) {
    CreateJob request;
    request.spec.pipeline = "noop";
    request.spec.options = options;
    ASSERT_TRUE(store_->create(request));
    store_->flush();
  }

  test::TempDir directory_;
  test::ManualClock clock_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, AJobWhoseCreationWasUndoneLeavesNothingToTheNextOfItsNumber) {
  begin();
  create("{\"first\":1}");
  ASSERT_EQ(store_->jobs("", 10).jobs.size(), 1U);
  database_->execute("ROLLBACK");
  store_->undone();

  begin();
  create("{\"second\":2}");
  const JobPage page = store_->jobs("", 10);
  database_->execute("COMMIT");
  ASSERT_EQ(page.jobs.size(), 1U);
  EXPECT_EQ(page.jobs.front().spec.options, "{\"second\":2}");
}

}  // namespace
}  // namespace docmill::sqlite
