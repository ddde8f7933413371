// A few threads for work on images that goes on beside the training step.
//
// Usual calls:  ThreadPool pool(4);  TaskGroup group(pool);  for (...) group.add([&] { ... });  ...;  group.wait();
// Tasks that touch different data give the same result whatever the number of threads.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace genga {

/// Threads: submit() may be called from any thread, but not from a task that then waits for the result.
class ThreadPool {
 public:
  /// As many as the system gives, at most `threads`. Throws Error: kOutOfMemory if not even one could be started.
  explicit ThreadPool(int threads);
  /// Finishes what was submitted.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// The future holds what the task threw.
  std::future<void> submit(std::function<void()> task);

 private:
  void work();

  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::deque<std::packaged_task<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

/// Tasks whose data lives in the caller's scope: none of them runs on after the group is gone.
/// Threads: one thread.
class TaskGroup {
 public:
  explicit TaskGroup(ThreadPool& pool) : pool_(pool) {}
  ~TaskGroup();  // waits; drops errors
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  void add(std::function<void()> task) { pending_.push_back(pool_.submit(std::move(task))); }
  /// Waits for all tasks, then throws what the first failing one threw.
  void wait();

 private:
  ThreadPool& pool_;
  std::vector<std::future<void>> pending_;
};

}  // namespace genga
