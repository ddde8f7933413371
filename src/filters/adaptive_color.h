// Adaptive coloring of superpixels. Source: Wang, Yu 2020, "Learning to cartoonize using white-box cartoon
// representations", sec. 3.2, eq. (3). Differs from its code, which never reaches its median (algorithms.md 1.9,
// thresholds) and measures similarity with a constant in place of a region's size.
#pragma once

#include <span>

#include "filters/regions/regions.h"
#include "genga/image.h"

namespace genga::filters {

/// Every region gets its mean color where it is flat (standard deviation of all samples below 20 of 255), its median
/// where it is not (above 40), halfway between; then everything is raised to `power` (in 0..1) and scaled so that the
/// largest sample is 1. dst: planar f32 in [-1,1], three planes.
void paint_adaptive(const image::Image& src, const Regions& regions, double power, std::span<float> dst);

/// The paper's whole structure representation: felzenszwalb (scale 10, at least 100 px), merged to 200 regions, painted
/// with power 1.2. Cost: about 15 ms for 256 x 256.
void structure_colors(const image::Image& src, std::span<float> dst);

}  // namespace genga::filters
