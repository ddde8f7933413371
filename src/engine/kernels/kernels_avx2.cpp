// Kernels for x86-64 with AVX2 and FMA.
#define GENGA_BLOCK_CHANNELS 8
#define GENGA_ISA "AVX2"
#define GENGA_TILE_BLOCK 6
#include "engine/kernels/kernels_impl.h"

namespace genga::engine {

const Kernels& kernels_avx2() {
  return kTable;
}

}  // namespace genga::engine
