// Laplacian pyramid, 7 x 7 patches at every level, and their sliced Wasserstein distance.
#include "eval/measures/patch_pyramid.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "eval/measures/numbers.h"
#include "eval/measures/plane.h"
#include "genga/reflect.h"

namespace genga::eval {
namespace {

constexpr int kDirections = 128;
constexpr int kSmallestLevel = 16;
constexpr std::uint64_t kDirectionSeed = 2018;
constexpr std::array<float, 5> kBinomial{1.0F / 16, 4.0F / 16, 6.0F / 16, 4.0F / 16, 1.0F / 16};

/// Low-passed by a binomial of 5, then every other pixel.
Plane half(const Plane& src) {
  Plane rows(src.width / 2, src.height);
  for (int y = 0; y < rows.height; ++y) {
    for (int x = 0; x < rows.width; ++x) {
      for (int k = -2; k <= 2; ++k) rows.at(x, y) += kBinomial[k + 2] * src.at(reflect(2 * x + k, src.width), y);
    }
  }
  Plane dst(rows.width, src.height / 2);
  for (int y = 0; y < dst.height; ++y) {
    for (int x = 0; x < dst.width; ++x) {
      for (int k = -2; k <= 2; ++k) dst.at(x, y) += kBinomial[k + 2] * rows.at(x, reflect(2 * y + k, src.height));
    }
  }
  return dst;
}

/// To width x height, about twice the size of src: zeros between its pixels, low-passed with four times the weight.
Plane upsampled(const Plane& src, int width, int height) {
  const auto source = [](int i, int n) { return std::min(i / 2, n - 1); };
  Plane rows(width, src.height);
  for (int y = 0; y < src.height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int k = -2; k <= 2; ++k) {
        const int at = reflect(x + k, width);
        if (at % 2 == 0) rows.at(x, y) += 2 * kBinomial[k + 2] * src.at(source(at, src.width), y);
      }
    }
  }
  Plane dst(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int k = -2; k <= 2; ++k) {
        const int at = reflect(y + k, height);
        if (at % 2 == 0) dst.at(x, y) += 2 * kBinomial[k + 2] * rows.at(x, source(at, src.height));
      }
    }
  }
  return dst;
}

using Rgb = std::array<Plane, 3>;

void take_patch(const Rgb& level, int x, int y, std::vector<float>& dst) {
  for (const Plane& plane : level) {
    for (int v = 0; v < kPatchSide; ++v) {
      for (int u = 0; u < kPatchSide; ++u) dst.push_back(plane.at(x + u, y + v));
    }
  }
}

Eigen::Matrix<float, kPatchNumbers, Eigen::Dynamic> directions() {
  Eigen::Matrix<float, kPatchNumbers, Eigen::Dynamic> matrix(kPatchNumbers, kDirections);
  Numbers numbers(kDirectionSeed);
  for (Eigen::Index k = 0; k < kDirections; ++k) {
    for (Eigen::Index i = 0; i < kPatchNumbers; ++i) matrix(i, k) = static_cast<float>(numbers.normal());
  }
  matrix.colwise().normalize();
  return matrix;
}

}  // namespace

PatchPyramid::PatchPyramid(int size_px, int n_images)
    : size_px_(size_px), patches_per_image_((kPatchesPerLevel + n_images - 1) / std::max(1, n_images)) {
  int n = 1;
  while ((size_px >> n) >= kSmallestLevel) ++n;
  levels_.resize(static_cast<std::size_t>(n));
}

void PatchPyramid::add(const image::Image& image) {
  Rgb current{channel(image, 0), channel(image, 1), channel(image, 2)};
  Numbers numbers(static_cast<std::uint64_t>(n_added_++));
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    Rgb level = current;  // the last level: the low-passed image itself
    if (i + 1 < levels_.size()) {
      for (std::size_t c = 0; c < 3; ++c) {
        current[c] = half(level[c]);
        const Plane low = upsampled(current[c], level[c].width, level[c].height);
        std::transform(level[c].values.begin(), level[c].values.end(), low.values.begin(), level[c].values.begin(),
                       std::minus<>());
      }
    }
    for (int k = 0; k < patches_per_image_; ++k) {
      const int x = numbers.below(level[0].width - kPatchSide + 1);
      const int y = numbers.below(level[0].height - kPatchSide + 1);
      take_patch(level, x, y, levels_[i]);
    }
  }
}

Patches PatchPyramid::normalized(int level) const {
  const std::vector<float>& numbers = levels_[static_cast<std::size_t>(level)];
  const Eigen::Map<const Patches> all(numbers.data(), static_cast<Eigen::Index>(numbers.size()) / kPatchNumbers,
                                      kPatchNumbers);
  Patches patches(kPatchesPerLevel, kPatchNumbers);
  for (Eigen::Index i = 0; i < kPatchesPerLevel; ++i) patches.row(i) = all.row(i * all.rows() / kPatchesPerLevel);
  for (Eigen::Index c = 0; c < 3; ++c) {
    auto channel_of_all = patches.middleCols(c * kPatchSide * kPatchSide, kPatchSide * kPatchSide);
    const auto mean = static_cast<float>(channel_of_all.cast<double>().mean());
    channel_of_all.array() -= mean;
    const double deviation = std::sqrt(channel_of_all.cast<double>().cwiseAbs2().mean());
    channel_of_all /= static_cast<float>(std::max(deviation, 1e-6));  // one color stays one color
  }
  return patches;
}

Projections::Projections(const PatchPyramid& pyramid) {
  const auto matrix = directions();
  for (int level = 0; level < pyramid.n_levels(); ++level) {
    Eigen::MatrixXf projected = pyramid.normalized(level) * matrix;
    for (auto column : projected.colwise()) std::sort(column.begin(), column.end());
    sorted_.push_back(std::move(projected));
  }
}

std::vector<double> Projections::distances(const Projections& other) const {
  std::vector<double> result;
  for (std::size_t i = 0; i < sorted_.size(); ++i) {
    result.push_back(1000 * (sorted_[i] - other.sorted_[i]).cwiseAbs().cast<double>().mean());
  }
  return result;
}

}  // namespace genga::eval
