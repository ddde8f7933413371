// sRGB to OKLab and back, by the published matrices; colors outside sRGB lose chroma until they fit.
#include "stylize/oklab.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace genga::stylize {
namespace {

using LinearRgb = std::array<float, 3>;

std::vector<float> make_linear_table() {
  std::vector<float> table(65536);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double v = static_cast<double>(i) / 65535;
    table[i] = static_cast<float>(v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4));
  }
  return table;
}

float linear_of(std::uint16_t sample) {
  static const std::vector<float> table = make_linear_table();
  return table[sample];
}

std::uint16_t sample_of(float linear) {
  const float v = std::clamp(linear, 0.0F, 1.0F);
  const float encoded = v <= 0.0031308F ? 12.92F * v : 1.055F * std::pow(v, 1 / 2.4F) - 0.055F;
  return static_cast<std::uint16_t>(encoded * 65535 + 0.5F);
}

float cube(float v) {
  return v * v * v;
}

LinearRgb linear_of(const Oklab& color) {
  const float l = cube(color.l + 0.3963377774F * color.a + 0.2158037573F * color.b);
  const float m = cube(color.l - 0.1055613458F * color.a - 0.0638541728F * color.b);
  const float s = cube(color.l - 0.0894841775F * color.a - 1.2914855480F * color.b);
  return {4.0767416621F * l - 3.3077115913F * m + 0.2309699292F * s,
          -1.2684380046F * l + 2.6097574011F * m - 0.3413193965F * s,
          -0.0041960863F * l - 0.7034186147F * m + 1.7076147010F * s};
}

bool in_gamut(const LinearRgb& rgb) {
  constexpr float kSlack = 1e-4F;  // rounding of the matrices, less than a 16-bit step where it matters
  return std::all_of(rgb.begin(), rgb.end(), [](float v) { return v >= -kSlack && v <= 1 + kSlack; });
}

}  // namespace

Oklab to_oklab(const std::array<std::uint16_t, 3>& rgb) {
  const float r = linear_of(rgb[0]), g = linear_of(rgb[1]), b = linear_of(rgb[2]);
  const float l = std::cbrt(0.4122214708F * r + 0.5363325363F * g + 0.0514459929F * b);
  const float m = std::cbrt(0.2119034982F * r + 0.6806995451F * g + 0.1073969566F * b);
  const float s = std::cbrt(0.0883024619F * r + 0.2817188376F * g + 0.6299787005F * b);
  return {.l = 0.2104542553F * l + 0.7936177850F * m - 0.0040720468F * s,
          .a = 1.9779984951F * l - 2.4285922050F * m + 0.4505937099F * s,
          .b = 0.0259040371F * l + 0.7827717662F * m - 0.8086757660F * s};
}

std::array<std::uint16_t, 3> to_srgb(const Oklab& color) {
  LinearRgb rgb = linear_of(color);
  if (!in_gamut(rgb)) {
    float inside = 0, outside = 1;
    for (int step = 0; step < 10; ++step) {
      const float chroma = (inside + outside) / 2;
      const bool fits = in_gamut(linear_of(Oklab{color.l, color.a * chroma, color.b * chroma}));
      (fits ? inside : outside) = chroma;
    }
    rgb = linear_of(Oklab{color.l, color.a * inside, color.b * inside});
  }
  return {sample_of(rgb[0]), sample_of(rgb[1]), sample_of(rgb[2])};
}

}  // namespace genga::stylize
