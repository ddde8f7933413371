// Where the panels of a comic page are. Own construction: recursive cuts along gutters (as the X-Y cut of Nagy, Seth
// 1984, with leaning lines) and connected components, for several guesses of the gutter's color; the layout whose
// panels have the clearest edges wins.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "genga/cut.h"
#include "genga/image.h"

namespace genga::curate {

/// In order of reading, in pixels of the page. A page without gutters is one panel; an empty page has none.
/// Threads: thread-safe. Cost: about 0.1 s, whatever the page's size.
std::vector<cv::Rect> find_panels(const image::Image& page, const PanelOptions& options);

/// By the rules of reading: rows first, then columns, within each the same again.
std::vector<cv::Rect> in_reading_order(std::vector<cv::Rect> boxes, bool right_to_left);

}  // namespace genga::curate
