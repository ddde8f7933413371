// Winograd's products in 16-bit numbers, compiled once per instruction set that multiplies those faster than f32
// (isa.h). Transforms, sums and everything else stay f32 (kernels.h), in blocks of 16 channels.
#pragma once

#include <cstdint>

#include "engine/kernels/kernels.h"

namespace genga::engine {

struct LowKernels {
  const char* numbers;  // "bf16"
  int tile_multiple;
  int channels_together;  // source channels whose weights lie side by side; `together` below
  /// n blocks, one after the other in src, dst_stride numbers apart in dst; rounded to nearest even.
  void (*narrow)(std::uint16_t* dst, std::int64_t dst_stride, const float* src, std::int64_t n);
  /// Kernels::winograd_multiply; u is packed as [p][pair of blocks][c / together][2 * B][together].
  void (*winograd_multiply)(float* m, const std::uint16_t* v, const std::uint16_t* u, const WinogradSize& size);
};

// x86-64 only:
const LowKernels& kernels_bf16();  // AVX512-BF16
const LowKernels& kernels_f16();   // AVX512-FP16

}  // namespace genga::engine
