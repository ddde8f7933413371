// An image of colored patches with grain. The same image is made by a few lines of Python, which gave other libraries'
// results for it.
#pragma once

#include "genga/image.h"

namespace genga::filters {

inline image::Image patches(int width = 48, int height = 40) {
  image::Image image{width, height, {}};
  for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(height); ++y) {
    for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(width); ++x) {
      for (std::uint32_t c = 0; c < 3; ++c) {
        std::uint32_t hash = (x * 73856093U ^ y * 19349663U ^ c * 83492791U) * 2654435761U;
        hash = (hash ^ hash >> 15) * 2246822519U;
        image.rgb.push_back(static_cast<std::uint8_t>((x / 12 * 7 + y / 10 * 5 + c * 3) % 5 * 45 + 20 + (hash >> 28)));
      }
    }
  }
  return image;
}

}  // namespace genga::filters
