// The f16 kernels for machines without AVX512-FP16, so that tests can run them: slow, same results.
#include "engine/kernels/kernels_f16_impl.h"

namespace genga::engine {

const LowKernels& kernels_f16_emulated() {
  return kTable;
}

}  // namespace genga::engine
