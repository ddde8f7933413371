// Winograd's minimal filtering F(4x4, 3x3), part of kernels_impl.h (whose rule on includes holds here too).
// Source: Lavin, Gray 2015, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308, section 4.2:
// y = A' [ (G g G') * (B' d B) ] A with points 0, 1, -1, 2, -2: 36 multiplications for 16 results instead of 144.

namespace genga::engine {
namespace {

// Tiles multiplied at once: times two blocks of results they fill the registers of the instruction set.
constexpr int kTileBlock = GENGA_TILE_BLOCK;

/// kTileBlock tiles times kBlocks blocks of results; everything stays in registers over all channels. row_of(r): where
/// the tiles of the r-th block of channels begin.
template <int kBlocks, class RowOf>
inline void multiply_rows(float* m, Index m_block_stride, Index n_rows, const RowOf& row_of, const float* u) {
  Vec sum[kTileBlock][kBlocks] = {};
  for (Index r = 0; r < n_rows; ++r) {
    const float* row = row_of(r);
    for (int lane = 0; lane < kBlockChannels; ++lane, u += kBlocks * kBlockChannels) {
      Vec weight[kBlocks];
      for (int k = 0; k < kBlocks; ++k) weight[k] = load(u + k * kBlockChannels);
#pragma GCC unroll 12
      for (int t = 0; t < kTileBlock; ++t) {
        const float value = row[t * kBlockChannels + lane];
        for (int k = 0; k < kBlocks; ++k) sum[t][k] += weight[k] * value;
      }
    }
  }
#pragma GCC unroll 12
  for (int t = 0; t < kTileBlock; ++t) {
    for (int k = 0; k < kBlocks; ++k) store(m + k * m_block_stride + t * kBlockChannels, sum[t][k]);
  }
}

template <int kBlocks>
inline void multiply_block(float* m, const float* v, const float* u, const WinogradSize& size) {
  const Index tile_row = size.n_tiles * kBlockChannels;  // floats of one block of all tiles
  multiply_rows<kBlocks>(m, tile_row, size.in_blocks, [&](Index block) { return v + block * tile_row; }, u);
}

}  // namespace
}  // namespace genga::engine

#include "engine/kernels/kernels_winograd_products.h"

namespace genga::engine {
namespace {

/// B' applied to six vectors, `step` apart, in place.
inline void transform_patch(Vec* d, int step) {
  const Vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  const Vec even = d4 - 4.F * d2;
  const Vec odd = d3 - 4.F * d1;
  const Vec even2 = d4 - d2;
  const Vec odd2 = 2.F * (d3 - d1);
  d[0] = 4.F * d0 - 5.F * d2 + d4;
  d[step] = even + odd;
  d[2 * step] = even - odd;
  d[3 * step] = even2 + odd2;
  d[4 * step] = even2 - odd2;
  d[5 * step] = 4.F * d1 - 5.F * d3 + d5;
}

/// A' applied to six vectors, `step` apart; four results in the first four places.
inline void transform_products(Vec* m, int step) {
  const Vec sum = m[step] + m[2 * step];
  const Vec difference = m[step] - m[2 * step];
  const Vec sum2 = m[3 * step] + m[4 * step];
  const Vec difference2 = m[3 * step] - m[4 * step];
  m[0] = m[0] + sum + sum2;
  m[step] = difference + 2.F * difference2;
  m[2 * step] = sum + 4.F * sum2;
  m[3 * step] = difference + 8.F * difference2 + m[5 * step];
}

void winograd_gather(float* v, Index v_stride, const float* patch, Index row_stride) {
  Vec d[36];
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 6; ++x) d[y * 6 + x] = load(patch + y * row_stride + x * kBlockChannels);
    transform_patch(d + y * 6, 1);
  }
  for (int x = 0; x < 6; ++x) transform_patch(d + x, 6);
  for (int p = 0; p < kWinogradProducts; ++p) store(v + p * v_stride, d[p]);
}

void winograd_gather_upsampled(float* v, Index v_stride, const float* patch, Index row_stride) {
  Vec rows[4 * 6];
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 6; ++x) rows[y * 6 + x] = load(patch + y * row_stride + (x + 1) / 2 * kBlockChannels);
    transform_patch(rows + y * 6, 1);
  }
  for (int x = 0; x < 6; ++x) {
    Vec d[6];
    for (int y = 0; y < 6; ++y) d[y] = rows[(y + 1) / 2 * 6 + x];
    transform_patch(d, 1);
    for (int y = 0; y < 6; ++y) {
      if (!is_zero_when_upsampled(y * 6 + x)) store(v + (y * 6 + x) * v_stride, d[y]);
    }
  }
}

/// The results of a tile lie in d, rows `step` apart.
inline void store_tile(const Vec* d, int step, const WinogradTile& tile) {
  const Vec bias = load(tile.bias);
  for (int y = 0; y < tile.rows; ++y) {
    for (int x = 0; x < tile.columns; ++x) {
      Vec r = rectify(d[y * step + x] + bias, tile.first_slope);
      if (tile.residual)
        r = rectify(r + load(tile.residual + y * tile.residual_stride + x * kBlockChannels), tile.second_slope);
      store(tile.dst + y * tile.dst_stride + x * kBlockChannels, r);
    }
  }
}

template <bool kUpsampled>
inline void scatter_tile(const float* m, Index m_stride, const WinogradTile& tile) {
  Vec d[36];
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 6; ++x) {
      const int p = y * 6 + x;
      d[p] = kUpsampled && is_zero_when_upsampled(p) ? Vec{} : load(m + p * m_stride);
    }
    transform_products(d + y * 6, 1);
  }
  for (int x = 0; x < 4; ++x) transform_products(d + x, 6);
  store_tile(d, 6, tile);
}

void winograd_scatter(const float* m, Index m_stride, const WinogradTile& tile) {
  tile.upsampled ? scatter_tile<true>(m, m_stride, tile) : scatter_tile<false>(m, m_stride, tile);
}

}  // namespace
}  // namespace genga::engine
