// Body of kernels_<isa>.cpp, which first defines GENGA_BLOCK_CHANNELS, GENGA_ISA and GENGA_TILE_BLOCK.
// No standard header with inline code may be included here: the linker would keep one copy of such a function for the
// whole program, perhaps the one that needs AVX-512. Everything below has internal linkage for the same reason.
#include "engine/kernels/kernels.h"

namespace genga::engine {
namespace {

constexpr int kBlockChannels = GENGA_BLOCK_CHANNELS;
using Vec = float __attribute__((vector_size(kBlockChannels * sizeof(float))));
// A typedef: clang 14 takes no alignment from an alias.
typedef float UnalignedVec __attribute__((vector_size(kBlockChannels * sizeof(float)), aligned(4), may_alias));
using Index = std::int64_t;

inline Vec load(const float* p) {
  return *reinterpret_cast<const UnalignedVec*>(p);
}
inline void store(float* p, Vec v) {
  *reinterpret_cast<UnalignedVec*>(p) = v;
}
inline Vec rectify(Vec v, float slope) {
  return v > 0.F ? v : v * slope;
}

/// Independent sums, as many as the Winograd product keeps: enough to hide the latency of an addition.
std::int64_t multiply_adds(float* block, Index n) {
  constexpr int kSums = 2 * GENGA_TILE_BLOCK;
  const Vec factor = load(block);
  Vec sum[kSums];
  for (int k = 0; k < kSums; ++k) sum[k] = factor + static_cast<float>(k);  // else one sum would do for all
  for (Index i = 0; i < n; ++i) {
#pragma GCC unroll 24
    for (int k = 0; k < kSums; ++k) sum[k] = sum[k] * factor + factor;
  }
  for (int k = 1; k < kSums; ++k) sum[0] += sum[k];
  store(block, sum[0]);
  return n * kSums * kBlockChannels;
}

template <bool kScale, bool kResidual>
void pointwise_rows(float* dst, const float* src, Index n_pixels, const PointwiseRow& row) {
  const Vec scale = kScale ? load(row.scale) : Vec{};
  const Vec shift = kScale ? load(row.shift) : Vec{};
  const float first = row.first_slope;
  const float second = row.second_slope;
  const float* residual = row.residual;
  for (Index i = 0; i < n_pixels * kBlockChannels; i += kBlockChannels) {
    Vec v = load(src + i);
    if constexpr (kScale) v = v * scale + shift;
    v = rectify(v, first);
    if constexpr (kResidual) v = rectify(v + load(residual + i), second);
    store(dst + i, v);
  }
}

void pointwise(float* dst, const float* src, Index n_pixels, const PointwiseRow& row) {
  if (row.scale && row.residual) return pointwise_rows<true, true>(dst, src, n_pixels, row);
  if (row.scale) return pointwise_rows<true, false>(dst, src, n_pixels, row);
  if (row.residual) return pointwise_rows<false, true>(dst, src, n_pixels, row);
  pointwise_rows<false, false>(dst, src, n_pixels, row);
}

/// Rational minimax approximation, odd degree 13 over even degree 6; beyond the limit tanh rounds to 1.
inline Vec tanh_of(Vec x) {
  constexpr float kLimit = 7.90531110763549805F;
  x = x > kLimit ? Vec{} + kLimit : x;
  x = x < -kLimit ? Vec{} - kLimit : x;
  const Vec s = x * x;
  Vec p = s * -2.76076847742355e-16F + 2.00018790482477e-13F;
  p = p * s + -8.60467152213735e-11F;
  p = p * s + 5.12229709037114e-08F;
  p = p * s + 1.48572235717979e-05F;
  p = p * s + 6.37261928875436e-04F;
  p = p * s + 4.89352455891786e-03F;
  Vec q = s * 1.19825839466702e-06F + 1.18534705686654e-04F;
  q = q * s + 2.26843463243900e-03F;
  q = q * s + 4.89352518554385e-03F;
  return x * p / q;
}

inline Vec curve_of(Vec v, Curve curve) {
  return curve == Curve::kTanh ? tanh_of(v) : tanh_of(v * 0.5F) * 0.5F + 0.5F;
}

void apply_curve(float* values, Index n_values, Curve curve) {
  Index i = 0;
  for (; i + kBlockChannels <= n_values; i += kBlockChannels) store(values + i, curve_of(load(values + i), curve));
  if (i == n_values) return;
  float rest[kBlockChannels] = {};
  for (Index k = i; k < n_values; ++k) rest[k - i] = values[k];
  store(rest, curve_of(load(rest), curve));
  for (Index k = i; k < n_values; ++k) values[k] = rest[k - i];
}

/// A block of pixels of each plane.
inline void map_colors(float* const dst[3], const float* const src[3], Index x, const ColorMapLine& line) {
  const Vec c[3] = {load(src[0] + x), load(src[1] + x), load(src[2] + x)};
  Vec sum[3] = {c[0] + line.bias[0], c[1] + line.bias[1], c[2] + line.bias[2]};
  const float* unit = line.units;
  for (int i = 0; i < line.n_units; ++i, unit += kColorUnit) {
    const Vec t = tanh_of(c[0] * unit[0] + c[1] * unit[1] + c[2] * unit[2] + unit[3]);
    for (int k = 0; k < 3; ++k) sum[k] += t * unit[4 + k];
  }
  for (int k = 0; k < 3; ++k) store(dst[k] + x, sum[k]);
}

void color_map(Index n_pixels, const ColorMapLine& line) {
  Index x = 0;
  for (; x + kBlockChannels <= n_pixels; x += kBlockChannels) map_colors(line.dst, line.src, x, line);
  if (x == n_pixels) return;
  float rest[3][kBlockChannels] = {};
  float* const planes[3] = {rest[0], rest[1], rest[2]};
  for (int k = 0; k < 3; ++k) {
    for (Index i = x; i < n_pixels; ++i) rest[k][i - x] = line.src[k][i];
  }
  map_colors(planes, planes, 0, line);
  for (int k = 0; k < 3; ++k) {
    for (Index i = x; i < n_pixels; ++i) line.dst[k][i] = rest[k][i - x];
  }
}

void moments(const float* src, Index n_pixels, double* mean, double* deviation) {
  constexpr Index kChunk = 256;  // pixels summed in single precision before they join the double sums
  const Vec origin = load(src);  // sums of small differences instead of large values
  double sum[kBlockChannels] = {};
  double squares[kBlockChannels] = {};
  for (Index begin = 0; begin < n_pixels; begin += kChunk) {
    const Index end = begin + kChunk < n_pixels ? begin + kChunk : n_pixels;
    Vec s{};
    Vec q{};
    for (Index i = begin; i < end; ++i) {
      const Vec d = load(src + i * kBlockChannels) - origin;
      s += d;
      q += d * d;
    }
    for (int lane = 0; lane < kBlockChannels; ++lane) {
      sum[lane] += static_cast<double>(s[lane]);
      squares[lane] += static_cast<double>(q[lane]);
    }
  }
  const auto n = static_cast<double>(n_pixels);
  for (int lane = 0; lane < kBlockChannels; ++lane) {
    mean[lane] = static_cast<double>(origin[lane]) + sum[lane] / n;
    const double d = squares[lane] - sum[lane] * sum[lane] / n;
    deviation[lane] = d > 0 ? d : 0;
  }
}

void blend(float* dst, Index n_pixels, const BlendRow& row) {
  for (Index x = 0; x < n_pixels; ++x) {
    const Index left = row.left[x] * Index{kBlockChannels};
    const Index right = row.right[x] * Index{kBlockChannels};
    const Vec a = load(row.upper + left);
    const Vec b = load(row.upper + right);
    const Vec l = a + (load(row.lower + left) - a) * row.lower_weight;
    const Vec r = b + (load(row.lower + right) - b) * row.lower_weight;
    store(dst + x * kBlockChannels, l + (r - l) * row.right_weight[x]);
  }
}

void repeat(float* dst, const float* src, Index n_src_pixels, int factor) {
  for (Index x = 0; x < n_src_pixels; ++x) {
    const Vec v = load(src + x * kBlockChannels);
    for (int k = 0; k < factor; ++k, dst += kBlockChannels) store(dst, v);
  }
}

template <bool kLargest>
void pool_row(float* dst, Index n_pixels, const PoolRow& row) {
  for (Index x = 0; x < n_pixels; ++x) {
    const Index begin = row.begin[x];
    const Index end = row.end[x];
    Vec all = kLargest ? load(row.src + begin * kBlockChannels) : Vec{};
    for (Index y = 0; y < row.n_rows; ++y) {
      const float* line = row.src + y * row.row_stride;
      for (Index i = begin; i < end; ++i) {
        const Vec v = load(line + i * kBlockChannels);
        if constexpr (kLargest) {
          all = v > all ? v : all;
        } else {
          all += v;
        }
      }
    }
    if constexpr (!kLargest) all *= 1.F / static_cast<float>(row.n_rows * (end - begin));
    store(dst + x * kBlockChannels, all);
  }
}

void pool(float* dst, Index n_pixels, const PoolRow& row) {
  row.largest ? pool_row<true>(dst, n_pixels, row) : pool_row<false>(dst, n_pixels, row);
}

/// exp(x) as 2^n * exp(r), |r| <= ln(2)/2; polynomial of Cephes' expf.
inline Vec exp_of(Vec x) {
  using Bits = std::uint32_t __attribute__((vector_size(kBlockChannels * sizeof(float))));
  constexpr float kLimit = 87.F;            // beyond it results would not be normal numbers
  constexpr float kRounder = 12582912.F;    // 1.5 * 2^23: adding it leaves the nearest whole number in the low bits
  constexpr float kLn2High = 0.693359375F;  // few digits, so that n times it is exact
  constexpr float kLn2Low = -2.12194440e-4F;
  x = x > kLimit ? Vec{} + kLimit : x;
  x = x < -kLimit ? Vec{} - kLimit : x;
  const Vec shifted = x * 1.44269504088896341F + kRounder;
  const Vec n = shifted - kRounder;
  const Vec r = x - n * kLn2High - n * kLn2Low;
  Vec p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1.F;
  const Bits exponent = (reinterpret_cast<Bits>(shifted) << 23U) + (127U << 23U);
  return p * reinterpret_cast<Vec>(exponent);
}

void exponentials(float* dst, const float* src, Index n_pixels, const float* origin, double* sums) {
  constexpr Index kChunk = 256;  // pixels summed in single precision before they join the double sums
  const Vec from = load(origin);
  for (int lane = 0; lane < kBlockChannels; ++lane) sums[lane] = 0;
  for (Index begin = 0; begin < n_pixels; begin += kChunk) {
    const Index end = begin + kChunk < n_pixels ? begin + kChunk : n_pixels;
    Vec sum{};
    for (Index i = begin; i < end; ++i) {
      const Vec v = exp_of(load(src + i * kBlockChannels) - from);
      store(dst + i * kBlockChannels, v);
      sum += v;
    }
    for (int lane = 0; lane < kBlockChannels; ++lane) sums[lane] += static_cast<double>(sum[lane]);
  }
}

void sum_channels(float* totals, const float* src, Index n_pixels, const float* scale) {
  const Vec by = load(scale);
  for (Index x = 0; x < n_pixels; ++x) {
    const Vec v = load(src + x * kBlockChannels) * by;
    float sum = 0;
    for (int lane = 0; lane < kBlockChannels; ++lane) sum += v[lane];
    totals[x] += sum;
  }
}

void scale_pixels(float* row, Index n_pixels, const float* scale, const float* by_pixel) {
  const Vec by = load(scale);
  for (Index x = 0; x < n_pixels; ++x)
    store(row + x * kBlockChannels, load(row + x * kBlockChannels) * by * by_pixel[x]);
}

}  // namespace
}  // namespace genga::engine

#include "engine/kernels/kernels_narrow.h"
#include "engine/kernels/kernels_winograd.h"
#include "engine/kernels/kernels_winograd_large.h"

namespace genga::engine {
namespace {

constexpr Kernels kTable{GENGA_ISA,
                         kBlockChannels,
                         kTileBlock,
                         multiply_adds,
                         pointwise,
                         apply_curve,
                         moments,
                         blend,
                         repeat,
                         pool,
                         exponentials,
                         sum_channels,
                         scale_pixels,
                         winograd_gather,
                         winograd_gather_upsampled,
                         winograd_multiply<float>,
                         winograd_scatter,
                         large_gather,
                         large_multiply,
                         large_scatter,
                         narrow,
                         color_map};

}  // namespace
}  // namespace genga::engine
