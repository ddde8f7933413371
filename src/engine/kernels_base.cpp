#define GENGA_LANES 8
#define GENGA_ISA "x86-64"
#define GENGA_TILE_BLOCK 2
#include "engine/kernels_impl.h"

namespace genga::engine {

const Kernels& kernels_base() {
  return kTable;
}

}  // namespace genga::engine
