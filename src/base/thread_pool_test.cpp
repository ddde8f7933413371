// Tests of tasks, of errors in them, and of machines that give no more threads.
#include "genga/thread_pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <numeric>
#include <stdexcept>

#include "genga/error.h"

namespace genga {
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

/// No address space left for further stacks: threads_wanted are asked for, one task is run.
void run_without_room(int threads_wanted, rlim_t bytes) {
  const rlimit limit{bytes, bytes};
  if (::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(2);
  std::atomic<int> done{0};
  try {
    ThreadPool pool(threads_wanted);
    pool.submit([&done] { ++done; }).wait();
  } catch (const Error& error) {
    std::_Exit(error.code() == ErrorCode::kOutOfMemory ? 3 : 4);
  }
  std::_Exit(done == 1 ? 0 : 5);
}

TEST(ThreadPoolDeathTest, WorksWithAsManyThreadsAsTheSystemGives) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs the address space that this test takes away";
#endif
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(run_without_room(4096, rlim_t{1} << 30), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(run_without_room(4, 1), ::testing::ExitedWithCode(3), "");
}

}  // namespace
}  // namespace genga
