// Guesses the color between the panels of a page.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace genga::curate {

/// Colors that are frequent at the page's border or all over it, most likely first; at most six. page: RGB.
std::vector<cv::Vec3b> gutter_colors(const cv::Mat& page);

/// 255 where the page does not have the color, up to its noise. color_fraction: weight of
/// differences in hue against those in luma, 0..1; a low one helps where JPEG, which stores hues coarsely, has tinted
/// thin gutters.
cv::Mat other_than(const cv::Mat& page, const cv::Vec3b& color, double color_fraction);

}  // namespace genga::curate
