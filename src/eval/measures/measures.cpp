// Collects what is measured on a set: features and patches of images, sums over pairs of photo and result.
#include "eval/measures/measures.h"

#include "eval/measures/checkerboard.h"
#include "eval/measures/color_drift.h"
#include "eval/measures/content.h"

namespace genga::eval {

void SetDescription::add(const image::Image& image) {
  for (std::size_t i = 0; i < nets_.size(); ++i) features_[i].push_back(nets_[i].describe(image));
  pyramid_.add(image);
}

Features SetDescription::features(std::size_t net) const {
  const auto& rows = features_[net];
  Features matrix(static_cast<Eigen::Index>(rows.size()), nets_[net].dimensions());
  for (std::size_t i = 0; i < rows.size(); ++i) matrix.row(static_cast<Eigen::Index>(i)) = rows[i];
  return matrix;
}

void Fidelity::add(const image::Image& photo, const image::Image& result) {
  const Plane before = luma(photo);
  const Plane after = luma(result);
  edges += edge_preservation(before, after);
  structure += structure_preservation(before, after);
  color_drift += eval::color_drift(photo, result);
  checkerboard += checkerboard_levels(after);
  flat += flat_fraction(after);
  blown += blown_fraction(result);
  const EdgeWidths found = edge_widths(before, after);
  widths.photo.insert(widths.photo.end(), found.photo.begin(), found.photo.end());
  widths.result.insert(widths.result.end(), found.result.begin(), found.result.end());
  const ThinPoints points = thin_points(before, after);
  thin.all += points.all;
  thin.kept += points.kept;
  skin.add(photo, result);
  ++n;
}

double Fidelity::edge_width() {
  return median(widths.result) / median(widths.photo);
}

double Fidelity::thin_kept() const {
  return thin.kept / thin.all;
}

}  // namespace genga::eval
