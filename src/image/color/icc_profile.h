// Small ICC profiles: primaries and one curve.
#pragma once

#include <array>
#include <optional>
#include <string>

namespace genga::image {

struct Chromaticity {
  double x, y;
};

struct RgbSpace {
  std::array<Chromaticity, 3> primaries{{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}};  // sRGB's
  Chromaticity white{0.3127, 0.3290};
  double gamma = 0;  // of the curve from samples to light; 0: sRGB's curve
};

/// An ICC profile for RGB, or of the curve alone for grey; none if the primaries span no colors.
std::optional<std::string> icc_profile(const RgbSpace& space, bool grey);

}  // namespace genga::image
