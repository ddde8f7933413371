// How far colors have changed, as the eye sees it.
#pragma once

#include "genga/image.h"

namespace genga::eval {

struct Lab {
  double l = 0, a = 0, b = 0;
};

/// CIE Lab (D65) of linear light, channels 0..1.
Lab lab_of_linear(double r, double g, double b);
/// Of gamma-coded sRGB, 0..255, three values.
Lab lab_of(const std::uint8_t* rgb);
/// Degrees, 0..360; 0 for grey.
double hue_of(double a, double b);
/// Source: Sharma, Wu, Dalal 2005, "The CIEDE2000 color-difference formula".
double ciede2000(const Lab& x, const Lab& y);

/// Mean CIEDE2000 between the images after both were averaged (in linear light) over blocks of 1/16 of their shorter
/// side, so that lines and flattened texture do not count. About 1 is just visible. Requires: images of one size.
double color_drift(const image::Image& photo, const image::Image& result);

}  // namespace genga::eval
