// What becomes of skin and of very bright areas.
#pragma once

#include <array>
#include <vector>

#include "genga/image.h"

namespace genga::eval {

/// How skin changed, by its tone in the photo; pixels of any number of images together.
class SkinTones {
 public:
  /// Skin: red over green over blue, hue between red and yellow, neither grey nor vivid in the photo. It finds sand and
  /// wood too, so give it portraits. Images of one size.
  void add(const image::Image& photo, const image::Image& result);
  /// The largest change, up or down, of a tone's median L*, and of its median hue in degrees. Tones: below L* 35, to
  /// 50, to 65, above; those with fewer than 4,000 pixels do not count. NaN if none counts.
  double light() const;
  double hue() const;

 private:
  struct Tone {
    std::vector<float> light, hue;  // differences, result - photo, of some pixels
  };
  std::array<Tone, 4> tones_;
};

/// Fraction of pixels whose channels all lie above 250 of 255.
double blown_fraction(const image::Image& image);

}  // namespace genga::eval
