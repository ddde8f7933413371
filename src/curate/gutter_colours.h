// Guesses of the colour between the panels of a page.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace genga::curate {

/// Colours that are frequent at the page's border or all over it, most likely first; at most six. page: RGB.
std::vector<cv::Vec3b> gutter_colours(const cv::Mat& page);

/// 255 where the page does not have the colour, up to its noise.
cv::Mat other_than(const cv::Mat& page, const cv::Vec3b& colour);

}  // namespace genga::curate
