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

/// body(i) for i in [0, n), in any order, on the team of the enclosing ScopedThreads. body must not throw.
template <class Body>
void parallel_for(std::int64_t n, const Body& body) {
  // Small portions on demand: cores of different speed, or busy with something else, do not hold up the others.
  const std::int64_t portion = std::max<std::int64_t>(1, n / (8 * omp_get_max_threads()));
#pragma omp parallel for schedule(dynamic, portion)
  for (std::int64_t i = 0; i < n; ++i) body(i);
}

/// A line of floats for every thread, in a task's scratch memory. To be made with the task, under the ScopedThreads
/// that it will run under: memory is planned later, when the team may be another.
class ThreadLines {
 public:
  explicit ThreadLines(std::int64_t n_floats) : stride_((n_floats + 15) / 16 * 16), n_threads_(omp_get_max_threads()) {}
  std::int64_t bytes() const { return n_threads_ * stride_ * std::int64_t{sizeof(float)}; }
  /// That of the calling thread. scratch: bytes(), aligned as floats.
  float* line(std::byte* scratch) const { return reinterpret_cast<float*>(scratch) + omp_get_thread_num() * stride_; }

 private:
  std::int64_t stride_, n_threads_;
};

}  // namespace genga::engine
