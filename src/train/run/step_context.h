// What a method knows about the step it takes, besides the batch. Random numbers are a pure function of (seed, step),
// so a resumed run draws what the uninterrupted one drew, and every rank of a distributed run takes its fraction of
// what one process would draw.
#pragma once

#include <cstdint>

#include "torchnet/aten.h"

namespace genga::train {

/// Place of this process among those that train together.
struct Ranks {
  int rank = 0;
  int count = 1;
};

class StepContext {
 public:
  /// rate: factor for the learning rates, below 1 after a rollback.
  StepContext(std::uint64_t seed, std::int64_t step, double rate = 1, Ranks ranks = {});

  std::int64_t step() const { return step_; }
  double rate() const { return rate_; }
  const Ranks& ranks() const { return ranks_; }

  /// For random parts that take a generator; the same on every rank. Draws advance it.
  at::Generator& random() { return random_; }
  /// Standard normal and uniform [0,1) numbers. dims[0] counts this rank's items: the whole batch is drawn, this rank's
  /// rows are returned.
  at::Tensor normal(at::IntArrayRef dims);
  at::Tensor uniform(at::IntArrayRef dims);
  /// Whole numbers 0..n-1, [count] of this rank.
  at::Tensor integers(std::int64_t n, std::int64_t count);
  /// One uniform number, the same on every rank.
  double chance();

 private:
  at::Tensor mine(const at::Tensor& all, std::int64_t n) const;

  std::int64_t step_;
  double rate_;
  Ranks ranks_;
  at::Generator random_;
};

}  // namespace genga::train
