// No step of the engine allocates memory inside a parallel region: an exception that leaves one ends the program.
// This file replaces the program's operator new, to count.
#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "genga/engine.h"
#include "parity/op_cases.h"

namespace {

std::atomic<bool> counting{false};
std::atomic<int> n_allocations{0};

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  if (counting && omp_in_parallel() != 0) ++n_allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
// AddressSanitizer has its own, whose memory this file's operator delete must not get.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return operator new(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace genga::parity {
namespace {

TEST(ParallelRegions, AllocateNothing) {
  for (const Case& c : all_cases()) {
    SCOPED_TRACE(c.name);
    for (const bool plain : {false, true}) {
      const auto session =
          engine::compile(case_model(c), {.threads = 2, .plain = plain})->session(c.input.h, c.input.w);
      const std::vector<float> src = case_input(c.input, c.seed).values;
      std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()));
      session->run(src, dst);  // what oneDNN keeps for later runs is there now
      n_allocations = 0;
      counting = true;
      session->run(src, dst);
      counting = false;
      EXPECT_EQ(n_allocations, 0) << (plain ? "plain" : "fused");
    }
  }
}

TEST(ParallelRegions, AreWatched) {  // else the test above would pass for want of threads
  n_allocations = 0;
  counting = true;
#pragma omp parallel num_threads(2)
  {
    int* volatile one = new int(1);
    delete one;
  }
  counting = false;
  EXPECT_EQ(n_allocations, 2);
}

}  // namespace
}  // namespace genga::parity
