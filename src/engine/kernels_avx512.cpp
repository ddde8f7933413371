#define GENGA_LANES 16
#define GENGA_ISA "AVX-512"
#include "engine/kernels_impl.h"

namespace genga::engine {

const Kernels& kernels_avx512() {
  return kTable;
}

}  // namespace genga::engine
