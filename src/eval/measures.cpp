#include "eval/measures.h"

#include "eval/checkerboard.h"
#include "eval/colour_drift.h"
#include "eval/content.h"

namespace genga::eval {

void SetDescription::add(const image::Image& picture) {
  for (std::size_t i = 0; i < nets_.size(); ++i) features_[i].push_back(nets_[i].describe(picture));
  pyramid_.add(picture);
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
  colour_drift += eval::colour_drift(photo, result);
  checkerboard += checkerboard_levels(after);
  ++n;
}

}  // namespace genga::eval
