// On which device networks compute, and in which number type.
#pragma once

#include <string_view>

#include "torchnet/aten.h"

namespace genga::torchnet {

struct Compute {
  at::Device device = at::kCPU;
  /// Type of convolutions and matrix products and of what flows between them. Weights, norms, attention, outputs and
  /// losses are f32 in any case (mixed precision: Micikevicius et al. 2018, arXiv 1710.03740).
  at::ScalarType arithmetic = at::kFloat;
};

/// device: "cpu", "cuda" (the one chosen by use_gpu), "auto" (cuda where there is one). precision: "f32", "bf16",
/// "f16" (GPU only). Throws Error: kInvalidArgument (other words, f16 on a CPU), kUnsupported (no GPU), with the cure.
Compute find_compute(std::string_view device, std::string_view precision);

/// Compares two convolutions of oneDNN, which LibTorch uses on CPUs, with LibTorch's own loops, and turns oneDNN off
/// where they are wrong, for the whole process: slower, and right. Networks do this by themselves. Returns false
/// where it is off. (Debian 13's oneDNN 3.7 loses weights on processors with AVX2 and AVX-512:
/// src/engine/dnnl_version.h.)
bool use_onednn_if_right();

/// Makes a GPU the current one of this thread: number local_rank, counted round. Does nothing without GPUs.
void use_gpu(int local_rank);

}  // namespace genga::torchnet
