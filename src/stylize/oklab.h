// OKLab: a color space in which lightness and chroma can be changed apart, as the eye sees them. Source: Ottosson 2020,
// bottosson.github.io/posts/oklab.
#pragma once

#include <array>
#include <cstdint>

namespace genga::stylize {

struct Oklab {
  float l = 0, a = 0, b = 0;  // l: 0 black to 1 white
};

/// rgb: sRGB samples, 0..65535.
Oklab to_oklab(const std::array<std::uint16_t, 3>& rgb);
/// Colors outside sRGB keep lightness and hue and give up chroma, so nothing is clipped to another hue.
std::array<std::uint16_t, 3> to_srgb(const Oklab& color);

}  // namespace genga::stylize
