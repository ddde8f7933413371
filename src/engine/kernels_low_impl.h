// Loops that kernels_bf16.cpp and kernels_f16_impl.h share; they define kTileBlock and multiply_block() first.
// The rule on includes of kernels_impl.h holds here too.

namespace genga::engine {
namespace {

void winograd_multiply(float* m, const std::uint16_t* v, const std::uint16_t* u, const WinogradSize& size) {
  const Index tile_row = size.n_tiles * kLanes;
  const Index weight_block = size.in_blocks * kLanes * kLanes;  // of one block of results
  for (int p = 0; p < kWinogradProducts; ++p) {
    if (size.doubled && (p / 6 == 2 || p % 6 == 2)) continue;  // zeros, see kernels_winograd.h
    for (Index block = 0; block < size.out_blocks; block += 2) {
      const std::uint16_t* weights = u + (p * size.out_blocks + block) * weight_block;
      for (Index tile = 0; tile < size.n_tiles; tile += kTileBlock) {
        const std::uint16_t* from = v + p * size.in_blocks * tile_row + tile * kLanes;
        float* to = m + (p * size.out_blocks + block) * tile_row + tile * kLanes;
        if (block + 1 < size.out_blocks) {
          multiply_block<2>(to, from, weights, size);
        } else {
          multiply_block<1>(to, from, weights, size);
        }
      }
    }
  }
}

}  // namespace
}  // namespace genga::engine
