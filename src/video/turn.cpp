// Quarter turns of an image.
#include "video/turn.h"

#include <algorithm>
#include <utility>

namespace genga::video {

image::Image turn(image::Image image, int degrees) {
  if (degrees == 0) return image;
  const int w = image.width;
  const int h = image.height;
  image::Image turned{.width = w, .height = h, .rgb = {}};
  if (degrees != 180) std::swap(turned.width, turned.height);
  turned.rgb.resize(image.rgb.size());
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      const auto [from_x, from_y] = degrees == 90    ? std::pair(y, h - 1 - x)
                                    : degrees == 180 ? std::pair(w - 1 - x, h - 1 - y)
                                                     : std::pair(w - 1 - y, x);
      const auto from = image.rgb.begin() + 3 * (std::ptrdiff_t{from_y} * w + from_x);
      std::copy_n(from, 3, turned.rgb.begin() + 3 * (std::ptrdiff_t{y} * turned.width + x));
    }
  }
  return turned;
}

}  // namespace genga::video
