// Kernels for x86-64 with AVX-512 (F, BW, DQ, VL).
#define GENGA_BLOCK_CHANNELS 16
#define GENGA_ISA "AVX-512"
#define GENGA_TILE_BLOCK 12
#include "engine/kernels/kernels_impl.h"

namespace genga::engine {

const Kernels& kernels_avx512() {
  return kTable;
}

}  // namespace genga::engine
