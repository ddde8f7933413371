// Pixels beyond the border of an image, as paddings define them.
#include "engine/view.h"

#include <algorithm>

#include "genga/reflect.h"

namespace genga::engine {

std::int64_t border_source(std::int64_t i, std::int64_t n, ir::PadMode mode) {
  if (mode == ir::PadMode::kReflect) return reflect(i, n);
  return std::clamp<std::int64_t>(i, 0, n - 1);
}

void fill_sides(const View& view, float* row) {
  const auto copy_pixel = [&](std::int64_t x) {
    const float* from = row + border_source(x, view.shape.w, view.mode) * view.block_channels;
    std::copy(from, from + view.block_channels, row + x * view.block_channels);
  };
  for (std::int64_t x = -view.border[1]; x < 0; ++x) copy_pixel(x);
  for (std::int64_t x = view.shape.w; x < view.shape.w + view.border[3]; ++x) copy_pixel(x);
}

}  // namespace genga::engine
