// Inner loops of F(4x4, 4x4): 49 multiplications for 16 results of a 4x4 filter instead of 256. Points 0, 1, -1, 2, -2,
// 1/2. A larger filter is a sum of 4x4 ones whose patches are 4 pixels apart, as the tiles are: they share transforms.
// Part of the body of kernels_<isa>.cpp; uses kernels_winograd.h.

namespace genga::engine {
namespace {

/// B' applied to seven vectors, `step` apart, in place.
inline void transform_large_patch(Vec* d, int step) {
  const Vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  const Vec d6 = d[6 * step];
  const Vec half = d5 - 5.F * d3 + 4.F * d1;
  const Vec a1 = d3 - 4.F * d1, a2 = d4 - 4.F * d2, a3 = d5 - 4.F * d3;
  const Vec b1 = d3 - d1, b2 = d4 - d2, b3 = d5 - d3;
  const Vec one = a2 - 0.5F * a1, one_x = a3 - 0.5F * a2;
  const Vec two = b2 - 0.5F * b1, two_x = b3 - 0.5F * b2;
  d[0] = half - 0.5F * (d4 - 5.F * d2 + 4.F * d0);
  d[step] = one_x + one;
  d[2 * step] = one_x - one;
  d[3 * step] = two_x + 2.F * two;
  d[4 * step] = two_x - 2.F * two;
  d[5 * step] = half;
  d[6 * step] = (d6 - 5.F * d4 + 4.F * d2) - 0.5F * half;
}

/// A' applied to seven vectors, `step` apart; four results in the first four places.
inline void transform_large_products(Vec* m, int step) {
  const Vec sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
  const Vec sum2 = m[3 * step] + m[4 * step], difference2 = m[3 * step] - m[4 * step];
  const Vec half = m[5 * step];
  m[0] = m[0] + sum + sum2 + half;
  m[step] = difference + 2.F * difference2 + 0.5F * half;
  m[2 * step] = sum + 4.F * sum2 + 0.25F * half;
  m[3 * step] = difference + 8.F * difference2 + 0.125F * half + m[6 * step];
}

void large_gather(float* v, Index v_stride, const float* patch, Index row_stride) {
  Vec d[49];
  for (int y = 0; y < 7; ++y) {
    for (int x = 0; x < 7; ++x) d[y * 7 + x] = load(patch + y * row_stride + x * kBlockChannels);
    transform_large_patch(d + y * 7, 1);
  }
  for (int x = 0; x < 7; ++x) transform_large_patch(d + x, 7);
  for (int p = 0; p < kLargeProducts; ++p) store(v + p * v_stride, d[p]);
}

void large_scatter(const float* m, Index m_stride, const WinogradTile& tile) {
  Vec d[49];
  for (int y = 0; y < 7; ++y) {
    for (int x = 0; x < 7; ++x) d[y * 7 + x] = load(m + (y * 7 + x) * m_stride);
    transform_large_products(d + y * 7, 1);
  }
  for (int x = 0; x < 4; ++x) transform_large_products(d + x, 7);
  store_tile(d, 7, tile);
}

void large_multiply(float* m, const TileRows& tiles, const float* u, int n_blocks) {
  for (Index first = 0; first < tiles.n_tiles * kBlockChannels; first += kTileBlock * kBlockChannels) {
    const auto row_of = [&](Index r) { return tiles.rows[r] + first; };
    if (n_blocks == 2) {
      multiply_rows<2>(m + first, tiles.m_block_stride, tiles.n_rows, row_of, u);
    } else {
      multiply_rows<1>(m + first, tiles.m_block_stride, tiles.n_rows, row_of, u);
    }
  }
}

}  // namespace
}  // namespace genga::engine
