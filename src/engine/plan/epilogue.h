// The epilogue of a step, and per-channel scale and shift, as one sweep of our own over rows.
#pragma once

#include <optional>
#include <string>

#include "engine/kernels/isa.h"
#include "engine/plan/plan.h"
#include "engine/view.h"

namespace genga::engine {

class RowEpilogue {
 public:
  RowEpilogue(const Epilogue& epilogue, std::optional<View> residual);

  /// dst row (block, y) = epilogue(src * scale + shift); scale and shift null or [block channels]. dst may be src.
  void apply(float* dst, const float* src, const float* scale, const float* shift, std::int64_t block, std::int64_t y,
             std::int64_t n_pixels, float* const* data) const;

 private:
  Curve first_curve_ = Curve::kNone;
  Curve second_curve_ = Curve::kNone;
  float first_slope_ = 1;
  float second_slope_ = 1;
  std::optional<View> residual_;
};

Curve curve_of(const std::optional<ir::Activation>& activation);
/// Slope for negative values: 1 without activation or for a curve.
float slope_of(const std::optional<ir::Activation>& activation);
/// " +leaky_relu(0.2) +add", for plan listings.
std::string to_string(const Epilogue& epilogue);

}  // namespace genga::engine
