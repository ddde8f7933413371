// Canny edge detector. Source: Canny 1986; details (3x3 Sobel, |gx|+|gy|, thresholds on 8-bit grey) as OpenCV's Canny,
// whose thresholds the published methods name.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace genga::filters {

/// grey: width*height, rows. Returns 1 on edges, 0 elsewhere: maxima of the gradient above `high`, and those above
/// `low` that touch them.
std::vector<std::uint8_t> canny(std::span<const std::uint8_t> grey, int width, int height, int low, int high);

}  // namespace genga::filters
