// Threads: one way to split loops, one way to tell OpenMP (and through it oneDNN) how many threads this call may use.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace genga::engine {

/// Sets the calling thread's OpenMP team size and restores it; other threads are not touched.
class ScopedThreads {
 public:
  explicit ScopedThreads(int threads) : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }
  ~ScopedThreads() { omp_set_num_threads(before_); }
  ScopedThreads(const ScopedThreads&) = delete;
  ScopedThreads& operator=(const ScopedThreads&) = delete;

 private:
  int before_;
};

/// body(i) for i in [0, n), in any order, on the team of the enclosing ScopedThreads. body must not throw, hence not
/// allocate: an exception that leaves a parallel region ends the program.
template <class Body>
void parallel_for(std::int64_t n, const Body& body) {
  // Small portions on demand: cores of different speed, or busy with something else, do not hold up the others.
  const std::int64_t portion = std::max<std::int64_t>(1, n / (8 * omp_get_max_threads()));
#pragma omp parallel for schedule(dynamic, portion)
  for (std::int64_t i = 0; i < n; ++i) body(i);
}

/// A part of a task's scratch memory for every thread: bodies of parallel_for() must not allocate, since that may
/// throw. To be made with the task, under the ScopedThreads that it will run under: memory is planned later, when the
/// team may be another.
class ThreadScratch {
 public:
  explicit ThreadScratch(std::int64_t bytes_per_thread)
      : stride_((bytes_per_thread + kCacheLine - 1) / kCacheLine * kCacheLine), n_threads_(omp_get_max_threads()) {}
  /// Of all threads together.
  std::int64_t bytes() const { return n_threads_ * stride_; }
  /// The calling thread's part. scratch: bytes() bytes, aligned to a cache line.
  std::byte* of_thread(std::byte* scratch) const { return scratch + omp_get_thread_num() * stride_; }

 private:
  static constexpr std::int64_t kCacheLine = 64;  // bytes; threads that share one slow each other down
  std::int64_t stride_, n_threads_;
};

}  // namespace genga::engine
