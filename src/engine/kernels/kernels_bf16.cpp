// AVX512-BF16: one instruction multiplies two source channels and adds both products to an f32 sum, at the rate of an
// f32 multiply-add.
#include <immintrin.h>

#include "engine/kernels/kernels_low.h"

namespace genga::engine {
namespace {

using Index = std::int64_t;
constexpr int kBlockChannels = 16;
constexpr int kTileBlock = 12;  // times two blocks of results they fill the registers

/// Two neighbouring channels, over all channels.
inline __m512bh broadcast_pair(const std::uint16_t* pair) {
  int bits = 0;
  __builtin_memcpy(&bits, pair, sizeof bits);
  return reinterpret_cast<__m512bh>(_mm512_set1_epi32(bits));
}

/// kTileBlock tiles times kBlocks blocks of results; everything stays in registers over all channels.
template <int kBlocks>
inline void multiply_block(float* m, const std::uint16_t* v, const std::uint16_t* u, const WinogradSize& size) {
  __m512 sum[kTileBlock][kBlocks];
  for (auto& row : sum) {
    for (auto& s : row) s = _mm512_setzero_ps();
  }
  const Index tile_row = size.n_tiles * kBlockChannels;
  for (Index block = 0; block < size.in_blocks; ++block) {
    const std::uint16_t* row = v + block * tile_row;
    for (int lane = 0; lane < kBlockChannels; lane += 2, u += 2 * kBlocks * kBlockChannels) {
      __m512bh weight[kBlocks];
      for (int k = 0; k < kBlocks; ++k) {
        weight[k] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(u + 2 * k * kBlockChannels));
      }
#pragma GCC unroll 12
      for (int t = 0; t < kTileBlock; ++t) {
        const __m512bh value = broadcast_pair(row + t * kBlockChannels + lane);
        for (int k = 0; k < kBlocks; ++k) sum[t][k] = _mm512_dpbf16_ps(sum[t][k], weight[k], value);
      }
    }
  }
#pragma GCC unroll 12
  for (int t = 0; t < kTileBlock; ++t) {
    for (int k = 0; k < kBlocks; ++k) _mm512_storeu_ps(m + k * tile_row + t * kBlockChannels, sum[t][k]);
  }
}

void narrow(std::uint16_t* dst, Index dst_stride, const float* src, Index n) {
  for (Index i = 0; i < n; ++i) {
    const __m256bh numbers = _mm512_cvtneps_pbh(_mm512_loadu_ps(src + i * kBlockChannels));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(dst + i * dst_stride), reinterpret_cast<__m256i>(numbers));
  }
}

}  // namespace
}  // namespace genga::engine

#include "engine/kernels/kernels_winograd_products.h"

namespace genga::engine {

const LowKernels& kernels_bf16() {
  static constexpr LowKernels kTable{"bf16", kTileBlock, 2, narrow, winograd_multiply<std::uint16_t>};
  return kTable;
}

}  // namespace genga::engine
