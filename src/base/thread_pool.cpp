// Worker threads, and groups of tasks that end before their data does. By hand: some fifty lines; OpenMP has no tasks
// that run on beside the caller, and TBB would be one more library to load.
#include "genga/thread_pool.h"

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "genga/error.h"

namespace genga {

ThreadPool::ThreadPool(int threads) {
  for (int i = 0; i < std::max(threads, 1); ++i) {
    try {
      workers_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {  // no memory for its stack, or the user's limit of processes
      if (!workers_.empty()) return;            // fewer threads do the same work
      fail(ErrorCode::kOutOfMemory, "no thread could be started: {}; raise the limits (ulimit -u, -v) or free memory",
           error.code().message());
    }
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

std::future<void> ThreadPool::submit(std::function<void()> task) {
  std::packaged_task<void()> packaged(std::move(task));
  std::future<void> result = packaged.get_future();
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(packaged));
  }
  changed_.notify_one();
  return result;
}

void ThreadPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    std::packaged_task<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

TaskGroup::~TaskGroup() {
  for (const std::future<void>& task : pending_) task.wait();
}

void TaskGroup::wait() {
  std::vector<std::future<void>> done = std::exchange(pending_, {});
  for (const std::future<void>& task : done) task.wait();
  std::exception_ptr first;
  for (std::future<void>& task : done) {
    try {
      task.get();
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace genga
