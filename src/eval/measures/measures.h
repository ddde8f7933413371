// What is measured on one set of images: a description for distances, and sums over pairs of photo and result.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "eval/feature_net.h"
#include "eval/features.h"
#include "eval/measures/crispness.h"
#include "eval/measures/patch_pyramid.h"
#include "eval/measures/tones.h"

namespace genga::eval {

/// What the measures of style need of a set: features by network, and patches.
class SetDescription {
 public:
  SetDescription(std::span<const FeatureNet> nets, int size_px, int n_images)
      : nets_(nets), features_(nets.size()), pyramid_(size_px, n_images) {}
  void add(const image::Image& image);
  Features features(std::size_t net) const;
  const PatchPyramid& pyramid() const { return pyramid_; }

 private:
  std::span<const FeatureNet> nets_;
  std::vector<std::vector<Eigen::RowVectorXd>> features_;
  PatchPyramid pyramid_;
};

/// Means and medians over pairs of photo and result.
struct Fidelity {
  double edges = 0, structure = 0, color_drift = 0, checkerboard = 0, flat = 0, blown = 0;
  EdgeWidths widths{};
  ThinPoints thin{};
  SkinTones skin{};
  int n = 0;
  void add(const image::Image& photo, const image::Image& result);
  double mean(double sum) const { return sum / n; }
  /// Median width of the result's edges over that of the photo's; NaN without edges.
  double edge_width();
  /// Fraction of the photos' thin structures that is kept; NaN without any.
  double thin_kept() const;
};

}  // namespace genga::eval
