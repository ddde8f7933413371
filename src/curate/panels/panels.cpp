// Cuts the panels out of comic pages, without the line drawn around them.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "curate/cut/cutter.h"
#include "curate/mat.h"
#include "curate/panels/panel_finder.h"

namespace genga::curate {
namespace {

constexpr int kLineSpread = 22;  // standard deviation of grey along a drawn line, at most
constexpr int kLineChange = 35;  // grey levels between the line and what is inside of it, at least

/// Rows of a drawn line at the top of a panel, counted from its edge; 0: none. The sides are turned to be the top.
int frame_rows(const cv::Mat& grey) {
  const int maximum = std::max(8, std::min(grey.rows, grey.cols) / 50);
  if (grey.rows < 4 * maximum) return 0;
  const cv::Rect middle(grey.cols / 12, 0, grey.cols - grey.cols / 6, 1);  // without the lines at the sides
  std::vector<double> means;
  std::vector<bool> flat;
  for (int row = 0; row < maximum + 4; ++row) {
    cv::Scalar mean, spread;
    cv::meanStdDev(grey(middle + cv::Point(0, row)), mean, spread);
    means.push_back(mean[0]);
    flat.push_back(spread[0] <= kLineSpread);
  }
  const auto at = [&](int row) { return means[static_cast<std::size_t>(row)]; };
  int row = 0;
  while (row < 2 && !flat[static_cast<std::size_t>(row)]) ++row;  // where line and gutter mix
  const int begin = row;
  while (row <= maximum && flat[static_cast<std::size_t>(row)]) ++row;
  if (row > maximum) {  // the image is flat, too: the line ends where the level changes last
    for (row = maximum; row > begin && std::abs(at(row) - at(row - 1)) <= kLineChange; --row) continue;
    return row > begin ? row + 1 : 0;
  }
  for (int line = begin; line < row; ++line) {
    if (std::abs(at(line) - at(row + 2)) > kLineChange) return row + 1;  // with the row that mixes line and image
  }
  return 0;
}

cv::Rect without_frame(const cv::Mat& grey, const cv::Rect& box) {
  const cv::Mat panel = grey(box);
  cv::Mat turned, flipped;
  const int top = frame_rows(panel);
  cv::flip(panel, flipped, 0);
  const int bottom = frame_rows(flipped);
  cv::transpose(panel, turned);
  const int left = frame_rows(turned);
  cv::flip(turned, flipped, 0);
  const int right = frame_rows(flipped);
  return {box.x + left, box.y + top, box.width - left - right, box.height - top - bottom};
}

void cut_page(const CutInput& source, const PanelOptions& options, Output& output) {
  const image::Image page = image::read_image({.path = source.path});
  const std::vector<cv::Rect> boxes = find_panels(page, options);
  const cv::Mat mat = as_mat(page);
  cv::Mat grey;
  cv::cvtColor(mat, grey, cv::COLOR_RGB2GRAY);
  int number = 0;
  for (const cv::Rect& found : boxes) {
    const cv::Rect box = options.keep_frames ? found : without_frame(grey, found);
    if (std::min(box.width, box.height) < options.min_side_px) {
      output.leave_out("too small");
      continue;
    }
    output.put({.image = to_image(mat(box).clone()),
                .name = fmt::format("{}_p{:02}", source.name, ++number),
                .box = {{box.x, box.y, box.width, box.height}}});
  }
  if (boxes.size() == 1) output.measure("pages of one panel", 1);
}

}  // namespace

CutReport cut_panels(const Paths& inputs, const PanelOptions& options, const CutOptions& cut) {
  const CutInputs list = list_inputs(inputs, cut.output, image::looks_like_image, "comic pages as image files");
  const std::string key = fmt::format("{}, panels of at least {} px and {} of the page{}",
                                      options.right_to_left ? "right to left" : "left to right", options.min_side_px,
                                      options.min_area, options.keep_frames ? ", with frames" : "");
  return run_cut(list,
                 {.operation = "panel",
                  .options = key,
                  .run = [&](const CutInput& source, Output& output) { cut_page(source, options, output); }},
                 cut);
}

}  // namespace genga::curate
