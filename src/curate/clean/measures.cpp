// Views of an image, and the measures that need only a few lines: white, color, detail, light and dark.
#include "curate/clean/measures.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace genga::curate {
namespace {

constexpr int kSmallPx = 256;    // averages away the color noise of JPEG
constexpr int kNearWhite = 236;  // paper, and the white of scans
constexpr int kBlockPx = 16;
constexpr double kDetailLevels = 4;  // a block whose luma varies less shows nothing

cv::Mat at_most(const cv::Mat& image, int side_px) {
  const int side = std::max(image.cols, image.rows);
  if (side <= side_px) return image;
  const double scale = static_cast<double>(side_px) / side;
  const cv::Size size(std::max(1, cvRound(image.cols * scale)), std::max(1, cvRound(image.rows * scale)));
  cv::Mat small;
  cv::resize(image, small, size, 0, 0, cv::INTER_AREA);
  return small;
}

/// The level at or below which `fraction` of the pixels lie.
double quantile(const cv::Mat& levels, double fraction) {
  std::array<std::int64_t, 256> counts{};
  for (int y = 0; y < levels.rows; ++y) {
    for (const std::uint8_t* p = levels.ptr(y); p != levels.ptr(y) + levels.cols; ++p) ++counts[*p];
  }
  const double wanted = fraction * static_cast<double>(levels.total());
  double seen = 0;
  for (std::size_t level = 0; level < counts.size(); ++level) {
    seen += static_cast<double>(counts[level]);
    if (seen >= wanted) return static_cast<double>(level);
  }
  return 255;
}

double white_fraction(const cv::Mat& rgb) {
  cv::Mat white;
  cv::inRange(rgb, cv::Scalar::all(kNearWhite), cv::Scalar::all(255), white);
  return static_cast<double>(cv::countNonZero(white)) / static_cast<double>(white.total());
}

/// max(R, G, B) - min(R, G, B) that a twentieth of the image exceeds.
double color(const cv::Mat& rgb) {
  std::array<cv::Mat, 3> c;
  cv::split(rgb, c.data());
  return quantile(cv::max(cv::max(c[0], c[1]), c[2]) - cv::min(cv::min(c[0], c[1]), c[2]), 0.95);
}

/// Fraction of blocks in which something is to be seen.
double detail(const cv::Mat& luma) {
  int n = 0, busy = 0;
  for (int y = 0; y + kBlockPx <= luma.rows; y += kBlockPx) {
    for (int x = 0; x + kBlockPx <= luma.cols; x += kBlockPx, ++n) {
      cv::Scalar mean, deviation;
      cv::meanStdDev(luma(cv::Rect(x, y, kBlockPx, kBlockPx)), mean, deviation);
      busy += deviation[0] > kDetailLevels ? 1 : 0;
    }
  }
  return n > 0 ? static_cast<double>(busy) / n : 1;
}

}  // namespace

Views views_of(const image::Image& image, bool reduced) {
  // OpenCV takes no const pixels; nothing writes to these.
  const cv::Mat whole(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
  Views views;
  views.reduced = reduced;
  cv::cvtColor(whole, views.native, cv::COLOR_RGB2GRAY);
  views.rgb = at_most(whole, kMeasurePx);
  cv::cvtColor(views.rgb, views.luma, cv::COLOR_RGB2GRAY);
  return views;
}

std::map<std::string, double> measure(const Views& views) {
  const cv::Mat small = at_most(views.rgb, kSmallPx);
  cv::Mat small_luma;
  cv::cvtColor(small, small_luma, cv::COLOR_RGB2GRAY);
  std::map<std::string, double> result{
      {"blur", edge_blur(views.luma)},
      {"noise", noise(views.native)},
      {"text", text_fraction(views.luma)},
      {"white", white_fraction(small)},
      {"lights", quantile(small_luma, 0.98)},
      {"darks", quantile(small_luma, 0.02)},
      {std::string(kColorMeasure), color(small)},
      {"detail", detail(at_most(views.luma, 2 * kSmallPx))},
  };
  // Blocks of images above kDecodePx vanish when they are reduced for training.
  if (!views.reduced) result["blocks"] = blockiness(views.native);
  return result;
}

}  // namespace genga::curate
