// Guesses the gutter color from color histograms, and separates gutter from content.
#include "curate/panels/gutter_colors.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <opencv2/imgproc.hpp>

namespace genga::curate {
namespace {

constexpr int kBins = 16;              // per channel
constexpr std::size_t kMax = 6;        // colors
constexpr int kAlike = 28;             // largest difference of a channel between two guesses that are one
constexpr double kMinFraction = 0.01;  // of the pixels looked at

/// In levels. color_fraction: weight of the difference in hue against that in luma.
int difference(const cv::Vec3b& a, const cv::Vec3b& b, double color_fraction = 1) {
  const int d[] = {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
  if (color_fraction == 1) return std::max({std::abs(d[0]), std::abs(d[1]), std::abs(d[2])});
  const int light = (77 * d[0] + 150 * d[1] + 29 * d[2]) / 256;
  int color = 0;
  for (const int of_channel : d) color = std::max(color, std::abs(of_channel - light));
  return std::max(std::abs(light), static_cast<int>(color * color_fraction));
}

struct Mode {
  std::int64_t n = 0;
  cv::Vec3b color{};
};

/// The fullest bins of a color histogram, each with its mean color.
class ColorHistogram {
 public:
  void add(const cv::Vec3b& color) {
    const int step = 256 / kBins;
    auto& bin =
        bins_[static_cast<std::size_t>(((color[0] / step) * kBins + color[1] / step) * kBins + color[2] / step)];
    ++bin[3];
    for (std::size_t c = 0; c < 3; ++c) bin[c] += color[static_cast<int>(c)];
    ++n_;
  }

  std::vector<Mode> modes(std::size_t count) const {
    std::vector<Mode> modes;
    for (const auto& bin : bins_) {
      if (static_cast<double>(bin[3]) < kMinFraction * static_cast<double>(n_)) continue;
      Mode mode{bin[3], {}};
      for (int c = 0; c < 3; ++c) {
        mode.color[c] = static_cast<std::uint8_t>(bin[static_cast<std::size_t>(c)] / bin[3]);
      }
      modes.push_back(mode);
    }
    std::sort(modes.begin(), modes.end(), [](const Mode& a, const Mode& b) { return a.n > b.n; });
    if (modes.size() > count) modes.resize(count);
    return modes;
  }

 private:
  std::vector<std::array<std::int64_t, 4>> bins_ = std::vector<std::array<std::int64_t, 4>>(kBins * kBins * kBins);
  std::int64_t n_ = 0;
};

}  // namespace

std::vector<cv::Vec3b> gutter_colors(const cv::Mat& page) {
  ColorHistogram border, all;
  const int edge = std::max(2, std::min(page.cols, page.rows) / 60);
  for (int y = 0; y < page.rows; ++y) {
    for (int x = 0; x < page.cols; ++x) {
      const auto& color = page.at<cv::Vec3b>(y, x);
      all.add(color);
      const bool at_edge = x < edge || y < edge || x >= page.cols - edge || y >= page.rows - edge;
      if (at_edge) border.add(color);
    }
  }
  std::vector<cv::Vec3b> colors;
  const auto add = [&](const std::vector<Mode>& modes) {
    for (const Mode& mode : modes) {
      const bool known = std::any_of(colors.begin(), colors.end(),
                                     [&](const cv::Vec3b& c) { return difference(c, mode.color) < kAlike; });
      if (!known && colors.size() < kMax) colors.push_back(mode.color);
    }
  };
  add(border.modes(3));
  add(all.modes(6));
  return colors;
}

cv::Mat other_than(const cv::Mat& page, const cv::Vec3b& color, double color_fraction) {
  constexpr int kNear = 48;
  cv::Mat distance(page.size(), CV_8U);
  double sum = 0, n = 0;
  for (int y = 0; y < page.rows; ++y) {
    for (int x = 0; x < page.cols; ++x) {
      const int d = difference(page.at<cv::Vec3b>(y, x), color, color_fraction);
      distance.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(d);
      if (d > kNear) continue;
      sum += d;
      ++n;
    }
  }
  const double tolerance = std::clamp(3 * sum / std::max(n, 1.0), 20.0, 40.0);
  return distance > tolerance;
}

}  // namespace genga::curate
