// Random numbers that are the same on every machine and library: std::normal_distribution is not.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace genga::eval {

/// SplitMix64 (Steele et al. 2014).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  /// [0, 1)
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
  /// [0, n)
  int below(int n) { return static_cast<int>(uniform() * n); }
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t state_;
};

}  // namespace genga::eval
