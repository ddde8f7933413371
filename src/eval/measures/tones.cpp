// Skin by tone in CIE L*h, and blown pixels.
#include "eval/measures/tones.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "eval/measures/color_drift.h"
#include "eval/measures/crispness.h"

namespace genga::eval {
namespace {

constexpr std::array<double, 3> kToneBorders{35, 50, 65};  // L*
constexpr std::size_t kMinSamples = 250;
constexpr int kStep = 4;  // every fourth pixel of every fourth row is enough
constexpr std::uint8_t kBlown = 250;

bool is_skin(const std::uint8_t* rgb) {
  const double red = rgb[0] / 255.0, green = rgb[1] / 255.0, blue = rgb[2] / 255.0;
  const double chroma = red - blue, hue = (green - blue) / std::max(chroma, 1e-3);
  return chroma > 0.05 && hue > 0.12 && hue < 0.7 && chroma / (red + 0.02) < 0.8;
}

template <class Tones, class Member>
double largest_change(const Tones& tones, Member member) {
  double largest = std::numeric_limits<double>::quiet_NaN();
  for (const auto& tone : tones) {
    std::vector<float> changes = tone.*member;
    if (changes.size() < kMinSamples) continue;
    const double change = std::abs(median(changes));
    if (std::isnan(largest) || change > largest) largest = change;
  }
  return largest;
}

}  // namespace

void SkinTones::add(const image::Image& photo, const image::Image& result) {
  for (int y = 0; y < photo.height; y += kStep) {
    for (int x = 0; x < photo.width; x += kStep) {
      const std::size_t i = 3 * (static_cast<std::size_t>(y) * photo.width + x);
      if (!is_skin(&photo.rgb[i])) continue;
      const Lab before = lab_of(&photo.rgb[i]), after = lab_of(&result.rgb[i]);
      Tone& tone =
          tones_[static_cast<std::size_t>(std::ranges::upper_bound(kToneBorders, before.l) - kToneBorders.begin())];
      tone.light.push_back(static_cast<float>(after.l - before.l));
      tone.hue.push_back(
          static_cast<float>(std::remainder(hue_of(after.a, after.b) - hue_of(before.a, before.b), 360)));
    }
  }
}

double SkinTones::light() const {
  return largest_change(tones_, &Tone::light);
}
double SkinTones::hue() const {
  return largest_change(tones_, &Tone::hue);
}

double blown_fraction(const image::Image& image) {
  std::size_t n = 0;
  for (std::size_t i = 0; i + 2 < image.rgb.size(); i += 3) {
    n += image.rgb[i] > kBlown && image.rgb[i + 1] > kBlown && image.rgb[i + 2] > kBlown ? 1 : 0;
  }
  return 3 * static_cast<double>(n) / static_cast<double>(image.rgb.size());
}

}  // namespace genga::eval
