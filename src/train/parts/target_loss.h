// Distances of a result to the image that it should have been: what method genga learns of the filter target, and
// method distil of its parent.
#pragma once

#include "train/config/shared_options.h"
#include "train/losses/content.h"
#include "train/optim/training_state.h"

namespace genga::train {

/// [N,C,H+2m,W+2m] -> [N,C,H,W]
inline at::Tensor without_margin(const at::Tensor& image, std::int64_t margin) {
  return image.narrow(2, margin, image.size(2) - 2 * margin).narrow(3, margin, image.size(3) - 2 * margin);
}

/// Terms "target", "gradient", "flat" and "low". fraction: of all weights.
inline void add_target_loss(LossSum& loss, const at::Tensor& result, const at::Tensor& target,
                            const TargetWeights& weights, double fraction = 1) {
  constexpr int kLowPass = 8;  // pixels on each side of a block
  loss.add("target", fraction * weights.w_target, l1(result, target));
  loss.add("gradient", fraction * weights.w_gradient, gradient_l1(result, target));
  if (weights.w_flat > 0) loss.add("flat", fraction * weights.w_flat, flat_gradient_l1(result, target));
  if (weights.w_low > 0) loss.add("low", fraction * weights.w_low, low_pass_l1(result, target, kLowPass));
}

}  // namespace genga::train
