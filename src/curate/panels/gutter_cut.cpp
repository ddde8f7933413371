// Cuts a page along level and upright gutters, recursively.
#include "curate/panels/gutter_cut.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>
#include <optional>

namespace genga::curate {
namespace {

constexpr double kMaxLean = 0.12;       // rise over run
constexpr double kMaxCrossed = 0.03;    // of a gutter's length
constexpr int kThinnest = 2;            // rows
constexpr int kMinPart = 16;            // rows on either side of a gutter
constexpr int kEdgeRadius = 4;          // rows beside a gutter in which a panel must begin
constexpr double kMinEdge = 0.15;       // fraction of a gutter's length with a panel's edge: on the poorer side
constexpr double kMinBetterEdge = 0.4;  // and on the better one
constexpr int kDeepest = 24;

struct Gutter {
  double lean = 0;          // rows per column
  int first = 0, last = 0;  // rows in the middle column
  double score = 0;

  int shift(int x, int width) const { return static_cast<int>(std::lround(lean * (x - width / 2.0))); }
  int middle() const { return (first + last) / 2; }
};

/// Columns [begin,end) in which a leaning line is in the same row, relative to the middle column's.
struct LineStep {
  int begin, end, shift;
};

std::vector<LineStep> steps_of(double lean, int width) {
  std::vector<LineStep> steps;
  const Gutter line{.lean = lean};
  for (int x = 0; x < width; ++x) {
    const int shift = line.shift(x, width);
    if (steps.empty() || steps.back().shift != shift) steps.push_back({x, x, shift});
    steps.back().end = x + 1;
  }
  return steps;
}

/// Looks for level gutters, leaning or not; upright ones are found in the transposed page.
class GutterSearch {
 public:
  explicit GutterSearch(const cv::Mat& content) : content_(content) { cv::integral(content / 255, sums_, CV_32S); }

  std::optional<Gutter> best() const {
    Gutter best;
    const int n = static_cast<int>(std::ceil(kMaxLean * content_.cols / 1.5));
    for (int i = -n; i <= n; ++i) search(kMaxLean * i / std::max(n, 1), best);
    if (best.score > 0) return best;
    return std::nullopt;
  }

 private:
  int count(int row, int begin, int end) const {
    const auto* above = sums_.ptr<int>(row);
    const auto* below = sums_.ptr<int>(row + 1);
    return below[end] - below[begin] - above[end] + above[begin];
  }

  void search(double lean, Gutter& best) const {
    const int width = content_.cols;
    const std::vector<LineStep> steps = steps_of(lean, width);
    const int margin = std::max(std::abs(steps.front().shift), std::abs(steps.back().shift)) + kMinPart;
    const int end = std::min(width, std::max(3, width / 100));
    Gutter run{.lean = lean, .first = -1};
    for (int row = margin; row <= content_.rows - margin; ++row) {
      if (row < content_.rows - margin && is_gutter(row, steps, end)) {
        if (run.first < 0) run.first = row;
        run.last = row;
      } else if (run.first >= 0) {
        weigh(run, best);
        run.first = -1;
      }
    }
  }

  bool is_gutter(int row, const std::vector<LineStep>& steps, int end) const {
    const int maximum = static_cast<int>(kMaxCrossed * content_.cols);
    if (count(row + steps.front().shift, 0, end) > 0) return false;
    if (count(row + steps.back().shift, content_.cols - end, content_.cols) > 0) return false;
    int n = 0;
    for (const LineStep& step : steps) {
      n += count(row + step.shift, step.begin, step.end);
      if (n > maximum) return false;
    }
    return true;
  }

  /// Fraction of the line's length that has content within a few rows, going up (-1) or down (1).
  double edge(const Gutter& gutter, int row, int direction) const {
    int n = 0;
    for (int x = 0; x < content_.cols; ++x) {
      const int y = row + gutter.shift(x, content_.cols);
      for (int k = 1; k <= kEdgeRadius; ++k) {
        const int at = y + k * direction;
        if (at < 0 || at >= content_.rows || content_.at<std::uint8_t>(at, x) == 0) continue;
        ++n;
        break;
      }
    }
    return static_cast<double>(n) / content_.cols;
  }

  void weigh(Gutter run, Gutter& best) const {
    const int thick = run.last - run.first + 1;
    if (thick < kThinnest) return;
    const double above = edge(run, run.first, -1), below = edge(run, run.last, 1);
    if (std::min(above, below) < kMinEdge || std::max(above, below) < kMinBetterEdge) return;
    run.score = std::min(thick, 24) * (0.2 + above + below) * (run.lean == 0 ? 1.3 : 1);
    if (run.score > best.score) best = run;
  }

  const cv::Mat& content_;
  cv::Mat sums_;
};

/// The content on one side of the gutter's middle line.
cv::Mat side_of(const cv::Mat& content, const Gutter& gutter, bool above) {
  cv::Mat side = content.clone();
  for (int x = 0; x < content.cols; ++x) {
    const int y = std::clamp(gutter.middle() + gutter.shift(x, content.cols), 0, content.rows);
    const cv::Range other = above ? cv::Range(y, content.rows) : cv::Range(0, y);
    if (other.start < other.end) side(other, cv::Range(x, x + 1)).setTo(0);
  }
  return side;
}

void cut(const cv::Mat& content, cv::Point corner, int depth, std::vector<PagePart>& parts) {
  const cv::Rect box = content_box(content);
  if (box.empty()) return;
  const cv::Mat part = content(box).clone();
  corner += box.tl();
  const cv::Mat turned = part.t();
  const auto level = depth < kDeepest ? GutterSearch(part).best() : std::nullopt;
  const auto upright = depth < kDeepest ? GutterSearch(turned).best() : std::nullopt;
  if (!level && !upright) {
    parts.push_back({{corner, box.size()}, part});
    return;
  }
  const bool is_level = level && (!upright || level->score >= upright->score);
  for (const bool before : {true, false}) {
    if (is_level) {
      cut(side_of(part, *level, before), corner, depth + 1, parts);
    } else {
      cut(side_of(turned, *upright, before).t(), corner, depth + 1, parts);
    }
  }
}

}  // namespace

cv::Rect content_box(const cv::Mat& content) {
  cv::Mat clean;
  cv::morphologyEx(content, clean, cv::MORPH_OPEN, cv::Mat::ones(2, 2, CV_8U));
  return cv::boundingRect(clean);
}

std::vector<PagePart> cut_along_gutters(const cv::Mat& content) {
  std::vector<PagePart> parts;
  cut(content, {0, 0}, 0, parts);
  return parts;
}

std::vector<PagePart> connected_parts(const cv::Mat& content) {
  cv::Mat clean, labels, stats, centres;
  cv::morphologyEx(content, clean, cv::MORPH_OPEN, cv::Mat::ones(3, 3, CV_8U));
  const int n = cv::connectedComponentsWithStats(clean, labels, stats, centres, 4);
  std::vector<PagePart> parts;
  for (int i = 1; i < n; ++i) {
    const int* s = stats.ptr<int>(i);
    const cv::Rect box(s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH], s[cv::CC_STAT_HEIGHT]);
    if (box.width >= kMinPart && box.height >= kMinPart) parts.push_back({box, labels(box) == i});
  }
  std::sort(parts.begin(), parts.end(),
            [](const PagePart& a, const PagePart& b) { return a.box.area() > b.box.area(); });
  std::vector<PagePart> outer;
  for (PagePart& part : parts) {
    const bool inside = std::any_of(outer.begin(), outer.end(), [&](const PagePart& other) {
      return (other.box & part.box).area() > 0.8 * part.box.area();
    });
    if (!inside) outer.push_back(std::move(part));
  }
  return outer;
}

}  // namespace genga::curate
