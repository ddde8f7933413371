// Blends one row of style and photo; keeping the photo's color is done in OKLab.
#include "stylize/blend.h"

#include <algorithm>
#include <array>

#include "stylize/oklab.h"

namespace genga::stylize {
namespace {

using Rgb = std::array<std::uint16_t, 3>;

Rgb with_photo_color(const Rgb& style, const Rgb& photo, float keep, const PlainColors& plain) {
  const Oklab s = to_oklab(style);
  const Oklab p = to_oklab(photo);
  const float l = plain.lightness_before(s.l, p);
  return to_srgb(Oklab{.l = s.l + keep * (l - s.l), .a = s.a + keep * (p.a - s.a), .b = s.b + keep * (p.b - s.b)});
}

std::uint16_t mix(std::uint16_t photo, std::uint16_t style, float alpha) {
  const float difference = static_cast<float>(style) - static_cast<float>(photo);
  return static_cast<std::uint16_t>(static_cast<float>(photo) + alpha * difference + 0.5F);
}

}  // namespace

void blend_row(std::span<const std::uint16_t> photo, std::span<std::uint16_t> style, std::span<const float> mask,
               int channels, const BlendOptions& options, const PlainColors& plain) {
  const std::size_t step = static_cast<std::size_t>(channels);
  for (std::size_t i = 0, x = 0; i < style.size(); i += step, ++x) {
    const float alpha = std::clamp(mask.empty() ? options.strength : options.strength * mask[x], 0.0F, 1.0F);
    if (alpha > 0) {
      Rgb color{style[i], style[i + 1], style[i + 2]};
      if (options.keep_color > 0) {
        color = with_photo_color(color, {photo[i], photo[i + 1], photo[i + 2]}, options.keep_color, plain);
      }
      for (std::size_t c = 0; c < 3; ++c) style[i + c] = alpha < 1 ? mix(photo[i + c], color[c], alpha) : color[c];
    } else {
      std::copy_n(&photo[i], 3, &style[i]);
    }
    if (channels == 4) style[i + 3] = photo[i + 3];
  }
}

}  // namespace genga::stylize
