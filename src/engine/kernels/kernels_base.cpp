// Kernels for every processor that GCC's vector extensions reach: plain x86-64 (SSE2), arm64 (NEON) and others.
#define GENGA_BLOCK_CHANNELS 8
#if defined(__x86_64__)
#define GENGA_ISA "x86-64"
#elif defined(__aarch64__)
#define GENGA_ISA "arm64"
#else
#define GENGA_ISA "generic"
#endif
#define GENGA_TILE_BLOCK 2
#include "engine/kernels/kernels_impl.h"

namespace genga::engine {

const Kernels& kernels_base() {
  return kTable;
}

}  // namespace genga::engine
