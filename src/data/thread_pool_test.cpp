#include "data/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>

namespace genga::data {
namespace {

TEST(ThreadPool, RunsEveryTask) {
  std::vector<int> squares(100);
  ThreadPool pool(3);
  TaskGroup group(pool);
  for (int i = 0; i < 100; ++i) group.add([&squares, i] { squares[i] = i * i; });
  group.wait();
  EXPECT_EQ(std::accumulate(squares.begin(), squares.end(), 0), 328350);
}

TEST(ThreadPool, ThrowsWhatATaskThrewAfterAllHaveEnded) {
  ThreadPool pool(2);
  TaskGroup group(pool);
  std::atomic<int> done{0};
  group.add([] { throw std::runtime_error("the first"); });
  for (int i = 0; i < 20; ++i) group.add([&done] { ++done; });
  EXPECT_THROW(group.wait(), std::runtime_error);
  EXPECT_EQ(done, 20);
  group.add([&done] { ++done; });
  group.wait();  // a group can be used again
  EXPECT_EQ(done, 21);
}

TEST(ThreadPool, FinishesWhatWasSubmittedBeforeItEnds) {
  std::atomic<int> done{0};
  {
    ThreadPool pool(1);
    for (int i = 0; i < 20; ++i) (void)pool.submit([&done] { ++done; });
  }
  EXPECT_EQ(done, 20);
}

}  // namespace
}  // namespace genga::data
