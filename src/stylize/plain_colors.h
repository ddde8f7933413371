// What a style makes of plain areas: how much lighter each color becomes. Keeping the photo's color undoes that, and
// leaves the style's strokes, contours and flat areas.
#pragma once

#include <functional>
#include <vector>

#include "stylize/oklab.h"
#include "stylize/photo_rows.h"

namespace genga::stylize {

class PlainColors {
 public:
  using Stylize = std::function<void(const PhotoRows&, const WriteRows&)>;
  /// Changes no lightness.
  PlainColors() = default;
  /// Runs the style once, on a chart of all colors that change slowly from place to place. Its network must be local.
  explicit PlainColors(const Stylize& stylize);

  /// The lightness of the plain area that the style paints with lightness `painted`, of the photo's hue and chroma.
  /// Where there are several, the one nearest the photo's own. OKLab, 0 to 1.
  float lightness_before(float painted, const Oklab& photo) const;

 private:
  float gain(float l, float a, float b) const;

  std::vector<float> gains_;  // painted minus plain lightness, at [l][a][b] of a grid over OKLab
};

}  // namespace genga::stylize
