#include "engine/kernels/isa.h"

#include <dnnl.hpp>

namespace genga::engine {
namespace {

// oneDNN's values are sets of bits, each instruction set containing those it builds on.
bool includes(dnnl::cpu_isa isa, dnnl::cpu_isa wanted) {
  const auto bits = static_cast<unsigned>(wanted);
  return (static_cast<unsigned>(isa) & bits) == bits;
}

const Kernels& choose() {
  const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
  if (includes(isa, dnnl::cpu_isa::avx512_core)) return kernels_avx512();
  if (includes(isa, dnnl::cpu_isa::avx2)) return kernels_avx2();
  return kernels_base();
}

const LowKernels* choose_low(Precision precision) {
  if (precision == Precision::kF32) return nullptr;
  if (!includes(dnnl::get_effective_cpu_isa(), dnnl::cpu_isa::avx512_core_bf16)) return nullptr;
  if (precision == Precision::kBf16) return &kernels_bf16();
  return __builtin_cpu_supports("avx512fp16") ? &kernels_f16() : nullptr;  // oneDNN 2 has no name for it
}

}  // namespace

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

const LowKernels* low_kernels(Precision precision) {
  static const LowKernels* const bf16 = choose_low(Precision::kBf16);
  static const LowKernels* const f16 = choose_low(Precision::kF16);
  if (precision == Precision::kF32) return nullptr;
  return precision == Precision::kBf16 ? bf16 : f16;
}

}  // namespace genga::engine
