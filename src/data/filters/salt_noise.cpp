#include "data/filters/salt_noise.h"

#include <algorithm>

namespace genga::data {

void add_salt(image::Image& picture, double share, Rng& rng) {
  if (picture.width < 3 || picture.height < 3) return;  // nothing but border
  const auto n = static_cast<std::int64_t>(share * picture.width * picture.height);
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t x = 1 + rng.below(picture.width - 2), y = 1 + rng.below(picture.height - 2);
    std::fill_n(picture.rgb.begin() + static_cast<std::ptrdiff_t>((y * picture.width + x) * 3), 3, std::uint8_t{255});
  }
}

}  // namespace genga::data
