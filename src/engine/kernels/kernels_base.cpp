#define GENGA_BLOCK_CHANNELS 8
#define GENGA_ISA "x86-64"
#define GENGA_TILE_BLOCK 2
#include "engine/kernels/kernels_impl.h"

namespace genga::engine {

const Kernels& kernels_base() {
  return kTable;
}

}  // namespace genga::engine
