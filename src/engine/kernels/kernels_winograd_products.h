// The products of Winograd's F(4x4, 3x3), in f32 and in 16-bit numbers alike. The files that this is part of define
// kTileBlock and multiply_block() first; the rule on includes of kernels_impl.h holds here too.

namespace genga::engine {
namespace {

/// In a patch that was upsampled by 2 with nearest neighbours d1 = d2 and d3 = d4 on both axes, so the third row of B'
/// d and the third column are zero: 25 products remain.
inline bool is_zero_when_upsampled(int product) {
  return product / 6 == 2 || product % 6 == 2;
}

template <class Number>
void winograd_multiply(float* m, const Number* v, const Number* u, const WinogradSize& size) {
  const Index tile_row = size.n_tiles * kBlockChannels;
  const Index weight_block = size.in_blocks * kBlockChannels * kBlockChannels;  // of one block of results
  for (int p = 0; p < kWinogradProducts; ++p) {
    if (size.upsampled && is_zero_when_upsampled(p)) continue;
    for (Index block = 0; block < size.out_blocks; block += 2) {
      const Number* weights = u + (p * size.out_blocks + block) * weight_block;
      for (Index tile = 0; tile < size.n_tiles; tile += kTileBlock) {
        const Number* from = v + p * size.in_blocks * tile_row + tile * kBlockChannels;
        float* to = m + (p * size.out_blocks + block) * tile_row + tile * kBlockChannels;
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
