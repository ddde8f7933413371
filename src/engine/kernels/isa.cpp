// The choice of kernels at run time. The only file that asks the processor what it can do.
#include "engine/kernels/isa.h"

#ifdef GENGA_X86_KERNELS
#include <cpuid.h>
#endif

#include "engine/dnnl_version.h"

namespace genga::engine {
namespace {

#ifdef GENGA_X86_KERNELS

// What the kernel files are compiled with beyond x86-64 (CMakeLists.txt), which is what has to be asked for.
bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
}
bool has_bf16() {
  return has_avx512() && __builtin_cpu_supports("avx512bf16");
}
bool has_f16() {
  constexpr unsigned kAvx512Fp16 = 1U << 23;  // clang 14's __builtin_cpu_supports does not know its name
  unsigned a = 0, b = 0, c = 0, d = 0;
  return has_avx512() && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & kAvx512Fp16) != 0;
}

/// oneDNN's values are sets of bits, each instruction set containing those it builds on.
bool may_use(dnnl::cpu_isa wanted) {
  const auto bits = static_cast<unsigned>(wanted);
  return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & bits) == bits;
}

const Kernels& choose() {
  if (may_use(dnnl::cpu_isa::avx512_core) && has_avx512()) return kernels_avx512();
  if (may_use(dnnl::cpu_isa::avx2) && has_avx2()) return kernels_avx2();
  return kernels_base();
}

const LowKernels* choose_low(Precision precision) {
  if (&kernels() != &kernels_avx512()) return nullptr;  // they share its blocks of 16 channels
  if (precision == Precision::kBf16) {
    return may_use(dnnl::cpu_isa::avx512_core_bf16) && has_bf16() ? &kernels_bf16() : nullptr;
  }
  return may_use(kIsaOfF16) && has_f16() ? &kernels_f16() : nullptr;
}

#else

const Kernels& choose() {
  return kernels_base();
}
const LowKernels* choose_low(Precision) {
  return nullptr;
}

#endif

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

std::vector<const Kernels*> usable_kernels() {
  std::vector<const Kernels*> usable{&kernels_base()};
#ifdef GENGA_X86_KERNELS
  if (has_avx2()) usable.push_back(&kernels_avx2());
  if (has_avx512()) usable.push_back(&kernels_avx512());
#endif
  return usable;
}

std::vector<const LowKernels*> usable_low_kernels() {
  std::vector<const LowKernels*> usable;
#ifdef GENGA_X86_KERNELS
  if (has_bf16()) usable.push_back(&kernels_bf16());
  if (has_f16()) usable.push_back(&kernels_f16());
#endif
  return usable;
}

}  // namespace genga::engine
