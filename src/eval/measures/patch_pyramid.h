// Patches of the levels of a Laplacian pyramid, and the distance between two sets of them: strokes, texture and
// composition at every scale, without any network. Source: Karras et al. 2018, arXiv 1710.10196, section 5.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "genga/image.h"

namespace genga::eval {

inline constexpr int kPatchSide = 7;
inline constexpr int kPatchNumbers = kPatchSide * kPatchSide * 3;
inline constexpr int kPatchesPerLevel = 8192;

/// One patch a row; 49 red, 49 green, 49 blue numbers.
using Patches = Eigen::Matrix<float, Eigen::Dynamic, kPatchNumbers, Eigen::RowMajor>;

/// Patches of square images of one size, at positions that depend on the number of the image alone.
class PatchPyramid {
 public:
  /// Requires: size_px of at least 16. n_images: how many will be added.
  PatchPyramid(int size_px, int n_images);
  void add(const image::Image& image);

  int n_levels() const { return static_cast<int>(levels_.size()); }
  int level_px(int level) const { return size_px_ >> level; }  // side of the image at this level
  /// Exactly kPatchesPerLevel patches (repeated or left out evenly), each channel of the set with mean 0 and
  /// deviation 1.
  Patches normalized(int level) const;

 private:
  int size_px_, patches_per_image_;
  int n_added_ = 0;
  std::vector<std::vector<float>> levels_;
};

/// A pyramid seen along fixed random directions, so that many sets can be compared with one.
class Projections {
 public:
  explicit Projections(const PatchPyramid& pyramid);
  /// For each level 1000 times the mean over directions of the Wasserstein-1 distance between the projected patches.
  /// Requires: pyramids of one size.
  std::vector<double> distances(const Projections& other) const;

 private:
  std::vector<Eigen::MatrixXf> sorted_;  // per level [patches, directions], each column sorted
};

}  // namespace genga::eval
