// Body of kernels_f16.cpp, in the language's own half precision: AVX512-FP16 multiplies and adds 32 of them at once;
// compiled for AVX-512 alone (as the test does) it gives the same results slowly.
#include <immintrin.h>

#include "engine/kernels/kernels_low.h"

namespace genga::engine {
namespace {

using Index = std::int64_t;
constexpr int kBlockChannels = 16;
constexpr int kTileBlock = 12;

template <int kBlocks>
struct Halves {
  typedef _Float16 Vec __attribute__((vector_size(kBlocks * kBlockChannels * sizeof(_Float16))));
};

/// m + a block of sums, which is where f16 sums become f32: long sums of halves would lose digits.
inline void add_block(float* m, __m256i sum, bool first) {
  const __m512 wide = _mm512_cvtph_ps(sum);
  _mm512_storeu_ps(m, first ? wide : _mm512_add_ps(_mm512_loadu_ps(m), wide));
}

/// kTileBlock tiles times kBlocks blocks of results, one block of source channels after the other.
template <int kBlocks>
inline void multiply_block(float* m, const std::uint16_t* v, const std::uint16_t* u, const WinogradSize& size) {
  using Vec = typename Halves<kBlocks>::Vec;
  const Index tile_row = size.n_tiles * kBlockChannels;
  for (Index block = 0; block < size.in_blocks; ++block) {
    const std::uint16_t* row = v + block * tile_row;
    Vec sum[kTileBlock] = {};
    for (int lane = 0; lane < kBlockChannels; ++lane, u += kBlocks * kBlockChannels) {
      Vec weight;
      __builtin_memcpy(&weight, u, sizeof weight);
#pragma GCC unroll 12
      for (int t = 0; t < kTileBlock; ++t) {
        _Float16 value;
        __builtin_memcpy(&value, row + t * kBlockChannels + lane, sizeof value);
        sum[t] += weight * value;
      }
    }
#pragma GCC unroll 12
    for (int t = 0; t < kTileBlock; ++t) {
      __m256i parts[kBlocks];
      __builtin_memcpy(parts, &sum[t], sizeof parts);
      for (int k = 0; k < kBlocks; ++k) add_block(m + k * tile_row + t * kBlockChannels, parts[k], block == 0);
    }
  }
}

void narrow(std::uint16_t* dst, Index dst_stride, const float* src, Index n) {
  for (Index i = 0; i < n; ++i) {
    const __m256i numbers = _mm512_cvtps_ph(_mm512_loadu_ps(src + i * kBlockChannels), _MM_FROUND_TO_NEAREST_INT);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(dst + i * dst_stride), numbers);
  }
}

}  // namespace
}  // namespace genga::engine

#include "engine/kernels/kernels_winograd_products.h"

namespace genga::engine {
namespace {

constexpr LowKernels kTable{"f16", kTileBlock, 1, narrow, winograd_multiply<std::uint16_t>};

}  // namespace
}  // namespace genga::engine
