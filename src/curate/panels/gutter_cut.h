// Cuts a page along its gutters until no part has one.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace genga::curate {

/// A part that no gutter divides further.
struct PagePart {
  cv::Rect box{};
  cv::Mat content{};  // of the box: 255 where it is not gutter; what belongs to other parts is 0
};

/// content: 255 where the page is not of the gutter's color. Gutters may lean by up to 7 degrees; 3 % of their length
/// may be crossed by something else, such as the outline of a speech bubble.
std::vector<PagePart> cut_along_gutters(const cv::Mat& content);

/// The connected areas of `content`, without those that lie in the box of another one.
std::vector<PagePart> connected_parts(const cv::Mat& content);

/// Bounding box of the content without specks; empty if there is none.
cv::Rect content_box(const cv::Mat& content);

}  // namespace genga::curate
