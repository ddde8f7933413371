// Counts of values in buckets that grow by a tenth: fine around zero, where gradients lie, coarse far away.
#pragma once

#include <span>
#include <vector>

namespace genga::train {

struct Histogram {
  double n = 0, min = 0, max = 0, sum = 0, sum_squares = 0;
  std::vector<double> limits;  // upper ends, ascending; bucket i holds limits[i-1] <= value < limits[i]
  std::vector<double> counts;  // as many; the first is not empty, nor is the last, nor two in a row
};

/// The buckets are TensorBoard's (tensorflow/core/lib/histogram/histogram.cc): 1e-12 * 1.1^k up to 1e20, their
/// negatives, and 0. Values that are not finite are left out; n is 0 if none is left. Thread-safe.
Histogram count_values(std::span<const float> values);

}  // namespace genga::train
