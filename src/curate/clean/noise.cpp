// Two measures of damage: noise, and the blocks of strong JPEG compression.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "curate/clean/measures.h"

namespace genga::curate {
namespace {

constexpr int kTile = 16;
constexpr double kQuiet = 0.1;              // fraction of the tiles; texture is in some tiles, noise in all
constexpr double kBlack = 8, kWhite = 247;  // clipping hides noise
constexpr int kFewestColumns = 32;

struct ColumnSteps {
  std::array<double, 8> sum{};
  std::array<std::int64_t, 8> n{};
};

/// How far a step from column x to x+1 exceeds the steps beside it, by x modulo 8.
double grid_of_columns(const cv::Mat& luma) {
  ColumnSteps columns;
  for (int y = 0; y < luma.rows; ++y) {
    const std::uint8_t* p = luma.ptr(y);
    for (int x = 1; x + 2 < luma.cols; ++x) {
      const int step = std::abs(p[x + 1] - p[x]);
      const int beside = std::max(std::abs(p[x] - p[x - 1]), std::abs(p[x + 2] - p[x + 1]));
      // Large steps are edges of what is shown, not of blocks.
      if (step > 40 || beside > 40) continue;
      columns.sum[static_cast<std::size_t>(x % 8)] += std::clamp(step - beside, -4, 12);
      ++columns.n[static_cast<std::size_t>(x % 8)];
    }
  }
  std::array<double, 8> mean{};
  for (std::size_t i = 0; i < 8; ++i)
    mean[i] = columns.n[i] > 0 ? columns.sum[i] / static_cast<double>(columns.n[i]) : 0;
  std::sort(mean.begin(), mean.end());
  return mean[7] - (mean[3] + mean[4]) / 2;
}

}  // namespace

// Immerkaer 1996, "Fast noise variance estimation", in tiles instead of over the whole image, because strokes and
// foliage are no noise: the quietest tenth of the tiles counts.
double noise(const cv::Mat& luma) {
  const cv::Mat mask = (cv::Mat_<float>(3, 3) << 1, -2, 1, -2, 4, -2, 1, -2, 1);
  cv::Mat response;
  cv::filter2D(luma, response, CV_32F, mask, {-1, -1}, 0, cv::BORDER_REFLECT_101);
  std::vector<double> tiles;
  for (int y = 0; y + kTile <= luma.rows; y += kTile) {
    for (int x = 0; x + kTile <= luma.cols; x += kTile) {
      const cv::Rect tile(x, y, kTile, kTile);
      const double level = cv::mean(luma(tile))[0];
      if (level < kBlack || level > kWhite) continue;
      tiles.push_back(cv::norm(response(tile), cv::NORM_L1) * std::sqrt(std::numbers::pi / 2) / (6 * kTile * kTile));
    }
  }
  if (tiles.empty()) return 0;
  const auto at = tiles.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(tiles.size()) * kQuiet);
  std::nth_element(tiles.begin(), at, tiles.end());
  return *at;
}

// After Wang, Sheikh and Bovik 2002, "No-reference perceptual quality assessment of JPEG compressed images": steps at
// block borders against steps within, here for each place of the grid, because a crop moves it.
double blockiness(const cv::Mat& luma) {
  if (std::min(luma.rows, luma.cols) < kFewestColumns) return 0;
  cv::Mat turned;
  cv::transpose(luma, turned);
  return std::max(0.0, std::min(grid_of_columns(luma), grid_of_columns(turned)));
}

}  // namespace genga::curate
