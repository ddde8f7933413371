// Inner loops of convolutions with few results: the channels are channels of the source, summed at the end.
// Part of the body of kernels_<isa>.cpp.

namespace genga::engine {
namespace {

inline float sum_of(Vec v) {
  using Half = float __attribute__((vector_size(kBlockChannels * sizeof(float) / 2)));
  Half half[2];
  __builtin_memcpy(half, &v, sizeof v);
  half[0] += half[1];
  using Quad = float __attribute__((vector_size(4 * sizeof(float))));
  Quad quad[sizeof(Half) / sizeof(Quad)];
  __builtin_memcpy(quad, half, sizeof(Half));
  if constexpr (sizeof(Half) > sizeof(Quad)) quad[0] += quad[1];
  return (quad[0][0] + quad[0][2]) + (quad[0][1] + quad[0][3]);
}

template <int kResults, int kPixels>
inline void narrow_pixels(Index x, const NarrowLine& line) {
  Vec sum[kPixels][kResults] = {};
  for (Index r = 0; r < line.n_rows; ++r) {
    const float* src = line.rows[r].src + x * kBlockChannels;
    const float* weight = line.rows[r].weight;
    for (int tap = 0; tap < line.n_taps; ++tap, src += kBlockChannels, weight += kResults * kBlockChannels) {
      Vec w[kResults];
      for (int k = 0; k < kResults; ++k) w[k] = load(weight + k * kBlockChannels);
#pragma GCC unroll 24
      for (int i = 0; i < kPixels; ++i) {
        const Vec v = load(src + i * kBlockChannels);
        for (int k = 0; k < kResults; ++k) sum[i][k] += v * w[k];
      }
    }
  }
#pragma GCC unroll 24
  for (int i = 0; i < kPixels; ++i) {
    for (int k = 0; k < kResults; ++k) line.dst[k][x + i] = line.bias[k] + sum_of(sum[i][k]);
  }
}

/// As many pixels at once as fill the registers.
template <int kResults>
void narrow_line(Index n_pixels, const NarrowLine& line) {
  constexpr int kPixels = 2 * GENGA_TILE_BLOCK / kResults;
  Index x = 0;
  for (; x + kPixels <= n_pixels; x += kPixels) narrow_pixels<kResults, kPixels>(x, line);
  for (; x < n_pixels; ++x) narrow_pixels<kResults, 1>(x, line);
}

void narrow(Index n_pixels, const NarrowLine& line) {
  if (line.n_results == 1) return narrow_line<1>(n_pixels, line);
  if (line.n_results == 2) return narrow_line<2>(n_pixels, line);
  if (line.n_results == 3) return narrow_line<3>(n_pixels, line);
  narrow_line<4>(n_pixels, line);
}

}  // namespace
}  // namespace genga::engine
