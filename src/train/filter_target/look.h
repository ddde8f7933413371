// How drawings look, measured so that the filter target can paint photos the same way: their colors, how flat they are,
// and their lines. With these, the style's own images decide what the generator learns, not constants set by hand.
#pragma once

#include <string>
#include <vector>

#include "genga/weights.h"
#include "torchnet/aten.h"
#include "train/filter_target/filter_target.h"

namespace genga::train {

/// Of images [N,3,H,W] in [0,1].
struct Look {
  double flat = 0;        // fraction of pixels without any gradient: painted images about 0.5, cel drawings above 0.75
  double lines = 0;       // fraction of strong edges that are those of thin dark lines
  double line_light = 1;  // luma of these lines as a fraction of what is around them: 0 black, 1 none
  double line_width = 0;  // pixels, 2 to 4: thinner ones count as 2, wider ones are not seen as lines
  at::Tensor line_color;  // their mean, the darker the more, [3]
  at::Tensor colors;      // [kLookColors,3], a sample in which rare colors count more than their area
};
inline constexpr std::int64_t kLookColors = 4096;
/// Throws Error: kInvalidArgument (fewer than 16 pixels on a side).
Look measure_look(const at::Tensor& images);

/// The filter target of a style: the options and colors with which paint() comes near to its look.
class MeasuredTarget {
 public:
  /// base: what is not measured.
  explicit MeasuredTarget(const FilterTargetOptions& base) : options_(base) {}
  /// Returns what was measured and chosen, one line for people.
  std::string measure(const Look& style, const Look& photos);
  const StyleColors& colors() const { return colors_; }
  bool is_measured() const { return colors_.cube.defined(); }

  /// As train::paint(); with the base's constants where nothing is measured. Thread-safe.
  at::Tensor paint(const at::Tensor& photo) const;

  /// Part of a method's state. load() keeps what is measured already: it does not change within a run, and another
  /// thread may be painting. Throws Error: kCorruptData.
  void save(weights::TensorMap& state, const std::string& prefix) const;
  void load(const weights::TensorMap& state, const std::string& prefix);

 private:
  std::vector<double*> constants();

  FilterTargetOptions options_;
  StyleColors colors_;
};

}  // namespace genga::train
