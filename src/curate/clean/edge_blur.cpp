// Zhuo and Sim 2011, "Defocus map estimation from a single image", section 3: blurring once more lowers the gradient of
// a sharp edge much and that of a blurred one little, so the ratio of both gradients gives the width of an edge,
// whatever its contrast.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "curate/clean/measures.h"

namespace genga::curate {
namespace {

constexpr double kMaxBlur = 20;
constexpr double kFirst = 0.7;     // sigma that makes the gradient of pixels well-behaved
constexpr double kSecond = 2.0;    // sigma of the second blurring
constexpr float kMinGradient = 2;  // levels per pixel: below lie noise and JPEG blocks
constexpr double kOfStrongest = 0.25;
constexpr double kSharpest = 0.2;  // fraction of the edges; the subject may be sharp before a blurred background
constexpr std::size_t kFewestEdges = 24;

struct SobelGradient {
  cv::Mat x, y, size;
};

SobelGradient gradient(const cv::Mat& luma, double sigma) {
  cv::Mat soft;
  cv::GaussianBlur(luma, soft, {0, 0}, sigma, sigma, cv::BORDER_REPLICATE);
  SobelGradient g;
  cv::Sobel(soft, g.x, CV_32F, 1, 0, 3, 1.0 / 8, 0, cv::BORDER_REPLICATE);
  cv::Sobel(soft, g.y, CV_32F, 0, 1, 3, 1.0 / 8, 0, cv::BORDER_REPLICATE);
  cv::magnitude(g.x, g.y, g.size);
  return g;
}

/// The gradient that a twentieth of the pixels exceeds, of those whose gradient is at least kMinGradient.
float strong_gradient(const cv::Mat& size) {
  std::vector<float> values;
  for (int y = 0; y < size.rows; y += 2) {
    const float* row = size.ptr<float>(y);
    std::copy_if(row, row + size.cols, std::back_inserter(values), [](float v) { return v >= kMinGradient; });
  }
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(values.size()) * 0.95);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Whether the gradient is largest here, across the edge.
bool is_ridge(const SobelGradient& g, int y, int x) {
  const float here = g.size.at<float>(y, x);
  const bool steep_in_x = std::abs(g.x.at<float>(y, x)) >= std::abs(g.y.at<float>(y, x));
  const int dx = steep_in_x ? 1 : 0, dy = steep_in_x ? 0 : 1;
  return here >= g.size.at<float>(y - dy, x - dx) && here > g.size.at<float>(y + dy, x + dx);
}

}  // namespace

double edge_blur(const cv::Mat& luma) {
  cv::Mat exact;
  luma.convertTo(exact, CV_32F);
  const SobelGradient first = gradient(exact, kFirst);
  const cv::Mat second = gradient(exact, std::hypot(kFirst, kSecond)).size;
  const float minimum = std::max(kMinGradient, static_cast<float>(kOfStrongest) * strong_gradient(first.size));
  std::vector<double> widths;
  for (int y = 2; y < luma.rows - 2; ++y) {
    for (int x = 2; x < luma.cols - 2; ++x) {
      const float here = first.size.at<float>(y, x);
      if (here < minimum || !is_ridge(first, y, x)) continue;
      const double ratio = here / std::max(second.at<float>(y, x), 1e-3f);
      const double seen = ratio > 1.001 ? kSecond / std::sqrt(ratio * ratio - 1) : kMaxBlur;
      widths.push_back(std::min(seen, kMaxBlur));
    }
  }
  if (widths.size() < kFewestEdges) return kMaxBlur;
  const auto at = widths.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(widths.size()) * kSharpest);
  std::nth_element(widths.begin(), at, widths.end());
  return *at;
}

}  // namespace genga::curate
