// Colors as a style has them: where each color of a photo goes, and the palette of flat fills.
#pragma once

#include <cstdint>

#include "torchnet/aten.h"

namespace genga::train {

/// A style's colors as measured of its images, instead of the brightness, saturation and warmth of grade().
struct StyleColors {
  at::Tensor cube;     // where colors go, [1,3,G,G,G] over blue, green, red
  at::Tensor palette;  // colors of flat fills, [K,3]
  double fill = 0;     // how flat fills are, in [0,1]: light in steps, and hue and saturation of the palette
  at::Tensor ink;      // color of lines, [3]
};

/// Where colors go so that photos get the colors of the style, with the least total movement: the same for every pixel
/// of a color, smooth from color to color. Hue follows by two thirds, so that skin stays skin; saturation falls by a
/// quarter at most, or further for drawings that are nearly grey. photo_colors, style_colors: [S,3] of one length. Cube
/// [1,3,G,G,G] over blue, green, red. strength: 0 keeps colors, 1 moves them all the way. Source: Rabin, Peyré, Delon,
/// Bernot 2011, "Wasserstein barycenter and its application to texture mixing" (sliced optimal transport), averaged
/// over neighbouring colors.
at::Tensor color_cube(const at::Tensor& photo_colors, const at::Tensor& style_colors, double strength);

/// At most k colors around which [S,3] gather; none that is rarer than 0.3 %.
at::Tensor palette_of(const at::Tensor& colors, std::int64_t k);

/// rgb [N,3,H,W] in [0,1] in the style's colors.
at::Tensor grade_as(const at::Tensor& rgb, const StyleColors& style);

/// The weights of genga_lite's color map, x + b tanh(a x + a_bias) + b_bias on RGB in [-1,1], that does what grade_as()
/// does, near enough to start from. colors [S,3] in [0,1]: where it counts.
struct ColorMap {
  at::Tensor a, a_bias, b, b_bias;  // [units,3], [units], [3,units], [3]
};
ColorMap fit_color_map(const StyleColors& style, const at::Tensor& colors, int units);

}  // namespace genga::train
