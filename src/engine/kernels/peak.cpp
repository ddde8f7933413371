// The machine's limit: multiply-adds in registers.
#include <omp.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "engine/kernels/isa.h"
#include "engine/parallel.h"
#include "genga/base.h"
#include "genga/engine.h"

namespace genga::engine {
namespace {

constexpr std::int64_t kRounds = 1 << 18;  // a few milliseconds
constexpr int kTries = 40;  // a core needs some to reach its clock, two threads some to part from one core

}  // namespace

double measure_peak_macs(int threads) {
  const ScopedThreads scoped(threads > 0 ? threads : available_cores());
  double best = 0;
  for (int i = 0; i < kTries; ++i) {
    std::int64_t n_macs = 0;
    const auto start = std::chrono::steady_clock::now();
#pragma omp parallel reduction(+ : n_macs)
    {
      std::array<float, kMaxBlockChannels> block{};
      n_macs += kernels().multiply_adds(block.data(), kRounds);
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    best = std::max(best, static_cast<double>(n_macs) / taken.count());
  }
  return best;
}

}  // namespace genga::engine
