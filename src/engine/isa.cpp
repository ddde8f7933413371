#include "engine/isa.h"

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

}  // namespace

const Kernels& kernels() {
  static const Kernels& chosen = choose();
  return chosen;
}

}  // namespace genga::engine
