// Inner loops of our own passes, compiled once per instruction set and chosen at run time (isa.h).
// A block is Kernels::block_channels (B below) channels of one pixel, side by side in memory; a row is n pixels of one
// block, one after the other. Strides are in floats. All pointers may be unaligned.
#pragma once

#include <cstdint>

namespace genga::engine {

enum class Curve { kNone, kTanh, kSigmoid };

/// y = rectify(rectify(x * scale + shift, first) + residual, second), rectify(v, s) = v > 0 ? v : v * s (slope 1:
/// none).
struct PointwiseRow {
  const float* scale = nullptr;     // [B], null: 1
  const float* shift = nullptr;     // [B], null iff scale is
  const float* residual = nullptr;  // a row, null: none
  float first_slope = 1;
  float second_slope = 1;
};

/// One line of a bilinear upsampling: dst[x] = mix of row[left[x]] and row[right[x]], rows mixed by row_weight first.
struct BlendRow {
  const float* upper = nullptr;
  const float* lower = nullptr;
  float lower_weight = 0;
  const std::int32_t* left = nullptr;  // pixel index of the left neighbour, per dst pixel
  const std::int32_t* right = nullptr;
  const float* right_weight = nullptr;
};

/// One line of windows over rows of one block: dst[x] = largest or mean of pixels [begin[x], end[x]) of n_rows rows.
struct PoolRow {
  const float* src = nullptr;  // first pixel of the windows' first row
  std::int64_t n_rows = 0;
  std::int64_t row_stride = 0;  // floats
  const std::int32_t* begin = nullptr;
  const std::int32_t* end = nullptr;  // more than begin
  bool largest = true;
};

/// The largest Kernels::block_channels.
inline constexpr int kMaxBlockChannels = 16;

/// Winograd F(4x4, 3x3) works on tiles of 4x4 results, each from a patch of 6x6 pixels, through 36 products.
inline constexpr int kWinogradProducts = 36;
/// F(4x4, 4x4): tiles of 4x4 results from patches of 7x7 pixels.
inline constexpr int kLargeProducts = 49;

/// Where one tile of one block of results goes.
struct WinogradTile {
  float* dst = nullptr;             // first pixel
  std::int64_t dst_stride = 0;      // floats from row to row
  const float* residual = nullptr;  // null: none
  std::int64_t residual_stride = 0;
  int rows = 4;                 // 1..4, fewer at the lower edge
  int columns = 4;              // 1..4, fewer at the right edge
  const float* bias = nullptr;  // [B]
  float first_slope = 1;        // as in PointwiseRow
  float second_slope = 1;
  bool upsampled = false;  // as in WinogradSize
};

/// Sizes of winograd_multiply: m[p][block][tile][i] = sum over source channels c of v[p][c / B][tile][c % B] *
/// u[p][block / 2][c][block % 2 * B + i].
struct WinogradSize {
  std::int64_t n_tiles = 0;  // a multiple of winograd_tile_multiple
  std::int64_t in_blocks = 0;
  std::int64_t out_blocks = 0;
  bool upsampled = false;  // the patch was upsampled by 2, nearest neighbours: 11 of 36 products are 0, left out
};

/// Factors of large_multiply.
struct TileRows {
  const float* const* rows = nullptr;  // each a block of n_tiles tiles
  std::int64_t n_rows = 0;
  std::int64_t n_tiles = 0;         // a multiple of winograd_tile_multiple
  std::int64_t m_block_stride = 0;  // floats
};

/// One row of the source under a filter with few results.
struct NarrowRow {
  const float* src = nullptr;     // the pixel at the first tap of the first result
  const float* weight = nullptr;  // [tap][result][B]
};

/// One line of up to 4 planar results: dst[k][x] = bias[k] + sum over rows, taps and channels of src[x + tap] * weight.
struct NarrowLine {
  const NarrowRow* rows = nullptr;
  std::int64_t n_rows = 0;
  int n_taps = 0;
  int n_results = 0;  // 1..4
  float* const* dst = nullptr;
  const float* bias = nullptr;
};

/// Floats of one unit of a color map: a of 3 channels, its bias, b of 3 channels.
inline constexpr int kColorUnit = 7;

/// One line of 3 planes: dst = src + bias + sum over units of b tanh(a src + its bias). dst must not be src.
struct ColorMapLine {
  const float* src[3] = {};
  float* dst[3] = {};
  const float* units = nullptr;  // [unit][kColorUnit]
  int n_units = 0;
  const float* bias = nullptr;  // [3]
};

struct Kernels {
  const char* isa;
  int block_channels;
  int winograd_tile_multiple;
  /// Multiplies and adds in registers, n rounds: sums of block[B], which are written back. Returns how many
  /// multiply-adds that were.
  std::int64_t (*multiply_adds)(float* block, std::int64_t n);
  /// dst may be src or residual.
  void (*pointwise)(float* dst, const float* src, std::int64_t n_pixels, const PointwiseRow& row);
  /// In place over n values. tanh and sigmoid are within 1e-6.
  void (*curve)(float* values, std::int64_t n_values, Curve curve);
  /// Mean and sum of squared deviations of each channel. No cancellation: sums are shifted and kept short.
  void (*moments)(const float* src, std::int64_t n_pixels, double* mean, double* deviation);
  void (*blend)(float* dst, std::int64_t n_pixels, const BlendRow& row);
  /// Every pixel `factor` times.
  void (*repeat)(float* dst, const float* src, std::int64_t n_src_pixels, int factor);
  void (*pool)(float* dst, std::int64_t n_pixels, const PoolRow& row);
  /// dst = exp(src - origin) channel by channel, within 3e-7 of the value, and the sums over pixels. Differences are
  /// clamped to -87..87.
  void (*exponentials)(float* dst, const float* src, std::int64_t n_pixels, const float* origin, double* sums);
  /// totals[x] += the sum of the channels of src[x] * scale.
  void (*sum_channels)(float* totals, const float* src, std::int64_t n_pixels, const float* scale);
  /// In place: pixel x of the row * scale * by_pixel[x].
  void (*scale_pixels)(float* row, std::int64_t n_pixels, const float* scale, const float* by_pixel);
  /// Transforms one block of a 6x6 patch; product p's channels go to v + p * v_stride.
  void (*winograd_gather)(float* v, std::int64_t v_stride, const float* patch, std::int64_t row_stride);
  /// Same for the 6x6 patch whose pixel (y, x) is pixel ((y + 1) / 2, (x + 1) / 2) of a 4x4 patch.
  void (*winograd_gather_upsampled)(float* v, std::int64_t v_stride, const float* patch, std::int64_t row_stride);
  /// u is packed as [p][pair of blocks][c][2 * B], the last pair single if out_blocks is odd.
  void (*winograd_multiply)(float* m, const float* v, const float* u, const WinogradSize& size);
  /// Transforms back, adds the bias, does the epilogue. Product p's channels are at m + p * m_stride.
  void (*winograd_scatter)(const float* m, std::int64_t m_stride, const WinogradTile& tile);
  /// Same as winograd_gather and winograd_scatter for F(4x4, 4x4).
  void (*large_gather)(float* v, std::int64_t v_stride, const float* patch, std::int64_t row_stride);
  /// One product: m[k][t][i] = sum over rows r and their channels c of rows[r][t][c] * u[r][c][k][i] for
  /// k < n_blocks, 1 or 2.
  void (*large_multiply)(float* m, const TileRows& tiles, const float* u, int n_blocks);
  void (*large_scatter)(const float* m, std::int64_t m_stride, const WinogradTile& tile);
  void (*narrow)(std::int64_t n_pixels, const NarrowLine& line);
  void (*color_map)(std::int64_t n_pixels, const ColorMapLine& line);
};

const Kernels& kernels_base();  // B = 8; any processor
// x86-64 only:
const Kernels& kernels_avx2();    // B = 8
const Kernels& kernels_avx512();  // B = 16

}  // namespace genga::engine
