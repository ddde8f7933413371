// TensorBoard's buckets.
#include "train/observe/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace genga::train {
namespace {

std::vector<double> make_limits() {
  constexpr double kFirst = 1e-12, kLast = 1e20, kGrowth = 1.1;
  std::vector<double> limits{0};
  for (double limit = kFirst; limit < kLast; limit *= kGrowth) {
    limits.push_back(limit);
    limits.push_back(-limit);
  }
  limits.push_back(std::numeric_limits<double>::max());
  limits.push_back(std::numeric_limits<double>::lowest());
  std::ranges::sort(limits);
  return limits;
}

}  // namespace

Histogram count_values(std::span<const float> values) {
  static const std::vector<double> limits = make_limits();
  Histogram histogram;
  std::vector<double> counts(limits.size(), 0);
  for (const float f : values) {
    const double value = f;
    if (!std::isfinite(value)) continue;
    counts[static_cast<std::size_t>(std::ranges::upper_bound(limits, value) - limits.begin())] += 1;
    histogram.min = histogram.n == 0 ? value : std::min(histogram.min, value);
    histogram.max = histogram.n == 0 ? value : std::max(histogram.max, value);
    histogram.n += 1;
    histogram.sum += value;
    histogram.sum_squares += value * value;
  }
  std::size_t last = counts.size();
  while (last > 0 && counts[last - 1] == 0) --last;
  for (std::size_t i = 0; i < last; ++i) {
    if (counts[i] == 0 && histogram.counts.empty()) continue;
    if (counts[i] == 0 && histogram.counts.back() == 0) {
      histogram.limits.back() = limits[i];  // empty buckets in a row become one
    } else {
      histogram.limits.push_back(limits[i]);
      histogram.counts.push_back(counts[i]);
    }
  }
  return histogram;
}

}  // namespace genga::train
