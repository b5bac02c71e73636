#include "processors/one_thread.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

// As GCC calls them for `#pragma omp parallel sections` and `#pragma omp parallel`.
extern "C" {
void GOMP_parallel(void (*region)(void*), void* data, unsigned threads, unsigned flags);
void GOMP_parallel_sections(void (*region)(void*), void* data, unsigned threads, unsigned count, unsigned flags);
unsigned GOMP_sections_next();
void GOMP_sections_end_nowait();
}

namespace docmill {
namespace {

using testing::ElementsAre;

struct Done {
  std::vector<unsigned> sections;
  std::vector<std::thread::id> threads;
  void (*within)(Done& done) = nullptr;  // what section 2 does
};

void work(void* data) {
  auto& done = *static_cast<Done*>(data);
  while (const unsigned section = GOMP_sections_next()) {
    done.sections.push_back(section);
    done.threads.push_back(std::this_thread::get_id());
    if (section == 2 && done.within != nullptr) done.within(done);
  }
  GOMP_sections_end_nowait();
}

TEST(OneThread, RunsEverySectionOnceWhereItIs) {
  use_one_thread();
  Done done;
  GOMP_parallel_sections(work, &done, 4, 3, 0);
  EXPECT_THAT(done.sections, ElementsAre(1, 2, 3));
  EXPECT_THAT(done.threads, testing::Each(std::this_thread::get_id()));
}

TEST(OneThread, GoesOnAfterRegionsWithin) {
  Done done;
  done.within = [](Done& outer) {
    Done inner;
    GOMP_parallel_sections(work, &inner, 4, 2, 0);
    outer.sections.insert(outer.sections.end(), inner.sections.begin(), inner.sections.end());
  };
  GOMP_parallel_sections(work, &done, 4, 3, 0);
  EXPECT_THAT(done.sections, ElementsAre(1, 2, 1, 2, 3));
}

TEST(OneThread, RunsARegionOnce) {
  int runs = 0;
  GOMP_parallel([](void* data) { ++*static_cast<int*>(data); }, &runs, 4, 0);
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace docmill
