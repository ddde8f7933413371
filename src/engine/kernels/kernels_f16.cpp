// Products in f16 for x86-64 with AVX512-FP16.
#include "engine/kernels/kernels_f16_impl.h"

namespace genga::engine {

const LowKernels& kernels_f16() {
  return kTable;
}

}  // namespace genga::engine
