// An image cut into regions, and painting with one color per region ("superpixels").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genga/image.h"

namespace genga::filters {

struct Regions {
  int width = 0, height = 0;
  int count = 0;
  std::vector<std::int32_t> label{};  // of every pixel, 0..count-1; numbered in reading order of their first pixels
};

/// Gives equal ids of any value the numbers of Regions.
Regions number_regions(int width, int height, std::span<const std::int32_t> ids);

/// Every pixel becomes the mean color of its region. dst: planar f32 in [-1,1], three planes.
/// Requires: the image and its regions are of one size.
void paint_means(const image::Image& src, const Regions& regions, std::span<float> dst);

}  // namespace genga::filters
