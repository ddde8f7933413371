// Tries several gutter colors and ways to divide the page, rates the layouts, and orders the panels for reading.
#include "curate/panels/panel_finder.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "curate/mat.h"
#include "curate/panels/gutter_colors.h"
#include "curate/panels/gutter_cut.h"

namespace genga::curate {
namespace {

constexpr int kAnalysisPx = 1400;       // long side; larger pages are reduced to it
constexpr double kPageEdge = 0.6;       // how clear the page's own edge is, compared with a gutter: 1
constexpr double kUnclearPanel = 0.35;  // panels with edges less clear than this
constexpr double kUnclearArea = 0.05;   // must cover as much of the page, or they are captions and page numbers

struct PanelLayout {
  std::vector<cv::Rect> boxes{};
  double quality = -1;
};

enum class Side { kTop, kBottom, kLeft, kRight };
constexpr Side kSides[] = {Side::kTop, Side::kBottom, Side::kLeft, Side::kRight};

int length(const cv::Rect& box, Side side) {
  return side == Side::kTop || side == Side::kBottom ? box.width : box.height;
}

/// A strip along one side of the box, `from`..`to` pixels inwards (negative: outwards), cut off at the page's edge.
cv::Rect strip(const cv::Rect& box, Side side, int from, int to, const cv::Size& page) {
  cv::Rect rect = box;
  if (side == Side::kTop) rect = {box.x, box.y + from, box.width, to - from};
  if (side == Side::kBottom) rect = {box.x, box.y + box.height - to, box.width, to - from};
  if (side == Side::kLeft) rect = {box.x + from, box.y, to - from, box.height};
  if (side == Side::kRight) rect = {box.x + box.width - to, box.y, to - from, box.height};
  return rect & cv::Rect({0, 0}, page);
}

/// Fraction of the mask that is set; 0 for an empty one.
double fraction(const cv::Mat& mask, const cv::Rect& rect) {
  return rect.empty() ? 0 : static_cast<double>(cv::countNonZero(mask(rect))) / rect.area();
}

/// Fraction of the side's length at which the strip holds any content.
double edge_fraction(const cv::Mat& content, const cv::Rect& rect, Side side) {
  if (rect.empty()) return 0;
  cv::Mat line;
  cv::reduce(content(rect), line, side == Side::kTop || side == Side::kBottom ? 0 : 1, cv::REDUCE_MAX);
  return static_cast<double>(cv::countNonZero(line)) / static_cast<double>(line.total());
}

/// 0..1: how much of the box's outline has a gutter outside and a panel inside.
double clearness(const cv::Mat& content, const cv::Rect& box) {
  double sum = 0, n = 0;
  for (const Side side : kSides) {
    const double inside = edge_fraction(content, strip(box, side, 0, 4, content.size()), side);
    const cv::Rect outer = strip(box, side, -6, -2, content.size());
    const double outside = outer.empty() ? kPageEdge : 1 - fraction(content, outer);
    sum += length(box, side) * inside * outside;
    n += length(box, side);
  }
  return sum / n;
}

double quality(const cv::Mat& content, const std::vector<cv::Rect>& boxes) {
  if (boxes.empty()) return 0;
  cv::Mat covered = cv::Mat::zeros(content.size(), CV_8U);
  double clear = 0, area = 0;
  for (const cv::Rect& box : boxes) {
    covered(box).setTo(255);
    clear += clearness(content, box) * box.area();
    area += box.area();
  }
  const double all = std::max(cv::countNonZero(content), 1);
  // Gutters that take a part of a panel's flat color leave less of the page in panels.
  const double of_page = area / static_cast<double>(content.total());
  return clear / area * cv::countNonZero(content & covered) / all * std::min(1.0, 0.4 + of_page);
}

/// The box with each side moved inwards until at least half of it is panel, so that it crosses a leaning edge in the
/// middle. A side that is mostly of the gutter's color stays.
cv::Rect straightened(const PagePart& part) {
  cv::Rect box({0, 0}, part.box.size());
  for (const Side side : kSides) {
    const int maximum = (side == Side::kTop || side == Side::kBottom ? part.box.height : part.box.width) / 12;
    for (int cut = 0; cut <= maximum; ++cut) {
      if (edge_fraction(part.content, strip(box, side, cut, cut + 1, part.box.size()), side) < 0.5) continue;
      if (side == Side::kTop || side == Side::kLeft) {
        (side == Side::kTop ? box.y : box.x) += cut;
      }
      (side == Side::kTop || side == Side::kBottom ? box.height : box.width) -= cut;
      break;
    }
  }
  return box + part.box.tl();
}

class LayoutSearch {
 public:
  LayoutSearch(const cv::Mat& page, int min_side, double min_area)
      : page_(page), min_side_(min_side), min_area_(min_area * static_cast<double>(page.total())) {}

  PanelLayout best() {
    for (const cv::Vec3b& color : gutter_colors(page_)) {
      for (const double color_fraction : {1.0, 0.5}) {
        cv::Mat content = other_than(page_, color, color_fraction);
        cv::medianBlur(content, content, 3);
        consider_all(content);
      }
    }
    return best_;
  }

 private:
  void consider_all(const cv::Mat& content) {
    const std::vector<PagePart> cuts = cut_along_gutters(content);
    const std::vector<PagePart> islands = connected_parts(content);
    consider(content, cuts);
    consider(content, islands);
    consider(content, cut_further(cuts, connected_parts));
    consider(content, cut_further(islands, cut_along_gutters));
  }

  static std::vector<PagePart> cut_further(const std::vector<PagePart>& parts,
                                           std::vector<PagePart> (*cut)(const cv::Mat&)) {
    std::vector<PagePart> result;
    for (const PagePart& part : parts) {
      for (PagePart& piece : cut(part.content)) {
        piece.box += part.box.tl();
        result.push_back(std::move(piece));
      }
    }
    return result;
  }

  void consider(const cv::Mat& content, const std::vector<PagePart>& parts) {
    PanelLayout layout;
    for (const PagePart& part : parts) {
      const cv::Rect box = straightened(part);
      if (std::min(box.width, box.height) < min_side_ || box.area() < min_area_) continue;
      const bool small = box.area() < kUnclearArea * static_cast<double>(page_.total());
      if (small && clearness(content, box) < kUnclearPanel) continue;
      layout.boxes.push_back(box);
    }
    layout.quality = quality(content, layout.boxes);
    if (layout.quality > best_.quality + 1e-3) best_ = std::move(layout);
  }

  const cv::Mat& page_;
  const int min_side_;
  const double min_area_;
  PanelLayout best_;
};

/// Groups of boxes whose extents along one axis (0: x, 1: y) do not overlap, in order.
std::vector<std::vector<cv::Rect>> groups_along(std::vector<cv::Rect> boxes, int axis) {
  const auto begin = [&](const cv::Rect& b) { return axis == 0 ? b.x + b.width * 0.08 : b.y + b.height * 0.08; };
  const auto end = [&](const cv::Rect& b) { return axis == 0 ? b.x + b.width * 0.92 : b.y + b.height * 0.92; };
  std::sort(boxes.begin(), boxes.end(), [&](const auto& a, const auto& b) { return begin(a) < begin(b); });
  std::vector<std::vector<cv::Rect>> groups;
  double group_end = -1;
  for (const cv::Rect& box : boxes) {
    if (groups.empty() || begin(box) >= group_end) groups.emplace_back();
    groups.back().push_back(box);
    group_end = std::max(group_end, end(box));
  }
  return groups;
}

/// Groups along x; neighbouring groups whose boxes together form rows are joined, because they are read row by row.
std::vector<std::vector<cv::Rect>> columns_of(const std::vector<cv::Rect>& boxes) {
  std::vector<std::vector<cv::Rect>> columns;
  for (auto& group : groups_along(boxes, 0)) {
    if (!columns.empty() && columns.back().size() > 1 && group.size() > 1) {
      auto joined = columns.back();
      joined.insert(joined.end(), group.begin(), group.end());
      if (groups_along(joined, 1).size() > 1) {
        columns.back() = std::move(joined);
        continue;
      }
    }
    columns.push_back(std::move(group));
  }
  return columns;
}

}  // namespace

std::vector<cv::Rect> in_reading_order(std::vector<cv::Rect> boxes, bool right_to_left) {
  if (boxes.size() < 2) return boxes;
  auto groups = groups_along(boxes, 1);
  if (groups.size() == 1) {
    groups = columns_of(boxes);
    if (right_to_left) std::reverse(groups.begin(), groups.end());
  }
  if (groups.size() == 1) {  // the boxes interlock: no straight line separates them
    const auto corner = [&](const cv::Rect& b) { return std::pair(b.y, right_to_left ? -(b.x + b.width) : b.x); };
    std::sort(boxes.begin(), boxes.end(), [&](const auto& a, const auto& b) { return corner(a) < corner(b); });
    return boxes;
  }
  std::vector<cv::Rect> ordered;
  for (const auto& group : groups) {
    for (const cv::Rect& box : in_reading_order(group, right_to_left)) ordered.push_back(box);
  }
  return ordered;
}

std::vector<cv::Rect> find_panels(const image::Image& page, const PanelOptions& options) {
  const cv::Mat whole = as_mat(page);
  const double scale = std::max(1.0, static_cast<double>(std::max(page.width, page.height)) / kAnalysisPx);
  cv::Mat reduced;
  cv::resize(whole, reduced, {}, 1 / scale, 1 / scale, cv::INTER_AREA);
  cv::Mat smooth;
  cv::GaussianBlur(reduced, smooth, {3, 3}, 0.8);
  const int min_side = std::max(4, static_cast<int>(options.min_side_px / scale));
  std::vector<cv::Rect> boxes = LayoutSearch(smooth, min_side, options.min_area).best().boxes;
  for (cv::Rect& box : boxes) {
    const auto from = [&](int at) { return static_cast<int>(std::ceil(at * scale)); };
    const auto to = [&](int at) { return static_cast<int>(std::floor(at * scale)); };
    box = cv::Rect(cv::Point(from(box.x), from(box.y)), cv::Point(to(box.br().x), to(box.br().y))) &
          cv::Rect(0, 0, page.width, page.height);
  }
  std::erase_if(boxes, [&](const cv::Rect& box) { return std::min(box.width, box.height) < options.min_side_px; });
  return in_reading_order(std::move(boxes), options.right_to_left);
}

}  // namespace genga::curate
