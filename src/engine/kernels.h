// Inner loops of our own passes, compiled once per instruction set and chosen at run time (isa.h).
// A block is `lanes` channels of one pixel, side by side in memory; a row is n pixels of one block.
#pragma once

#include <cstdint>

namespace genga::engine {

enum class Curve { kNone, kTanh, kSigmoid };

/// y = rectify(rectify(x * scale + shift, first) + residual, second), rectify(v, s) = v > 0 ? v : v * s (slope 1:
/// none).
struct PointwiseRow {
  const float* scale = nullptr;     // [lanes], null: 1
  const float* shift = nullptr;     // [lanes], null iff scale is
  const float* residual = nullptr;  // a row, null: none
  float first_slope = 1;
  float second_slope = 1;
};

/// One line of a bilinear enlargement: dst[x] = mix of row[left[x]] and row[right[x]], rows mixed by row_weight first.
struct BlendRow {
  const float* upper = nullptr;
  const float* lower = nullptr;
  float lower_weight = 0;
  const std::int32_t* left = nullptr;  // pixel index of the left neighbour, per dst pixel
  const std::int32_t* right = nullptr;
  const float* right_weight = nullptr;
};

struct Kernels {
  const char* isa;
  int lanes;
  /// dst may be src or residual.
  void (*pointwise)(float* dst, const float* src, std::int64_t n_pixels, const PointwiseRow& row);
  /// In place over n values. tanh and sigmoid are within 1e-6.
  void (*curve)(float* values, std::int64_t n_values, Curve curve);
  /// Mean and sum of squared deviations of each lane. No cancellation: sums are shifted and kept short.
  void (*moments)(const float* src, std::int64_t n_pixels, double* mean, double* deviation);
  void (*blend)(float* dst, std::int64_t n_pixels, const BlendRow& row);
  /// Every pixel `factor` times.
  void (*repeat)(float* dst, const float* src, std::int64_t n_src_pixels, int factor);
};

const Kernels& kernels_avx512();  // 16 lanes
const Kernels& kernels_avx2();    // 8 lanes
const Kernels& kernels_base();    // 8 lanes, any x86-64

}  // namespace genga::engine
