// Sets random pixels to white.
#include "filters/salt_noise.h"

#include <algorithm>

namespace genga::filters {

void add_salt(image::Image& image, double fraction, Rng& rng) {
  if (image.width < 3 || image.height < 3) return;  // nothing but border
  const auto n = static_cast<std::int64_t>(fraction * image.width * image.height);
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t x = 1 + rng.below(image.width - 2), y = 1 + rng.below(image.height - 2);
    std::fill_n(image.rgb.begin() + static_cast<std::ptrdiff_t>((y * image.width + x) * 3), 3, std::uint8_t{255});
  }
}

}  // namespace genga::filters
