#include "engine/kernels/kernels_f16_impl.h"

namespace genga::engine {

const LowKernels& kernels_f16() {
  return kTable;
}

}  // namespace genga::engine
