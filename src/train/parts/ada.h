// Adaptive discriminator augmentation: each transformation happens with probability p, and p follows how sure the
// discriminator is of real pictures. Source: Karras et al. 2020, arXiv 2006.06676, section 3; algorithms.md 12.
// Pipeline "bgc": flip, quarter turns, integer translation; scale, rotation, anisotropic scale, fractional translation;
// brightness, contrast, luma flip, hue, saturation. Differs: bilinear sampling without the wavelet low-pass.
#pragma once

#include <cstdint>
#include <string>

#include "torchnet/aten.h"
#include "train/roster.h"
#include "train/step_context.h"

namespace genga::train {

struct AdaOptions {
  double target = 0.6;         // of the mean sign of real logits
  double ramp_images = 500e3;  // p may go from 0 to 1 in so many images
  int every = 4;               // steps between changes of p
};

class Ada {
 public:
  /// The roster keeps p and its running sums (`<name>` [4]) in its state.
  Ada(Roster& roster, const std::string& name, const AdaOptions& options = {});

  /// RGB [N,3,H,W] in [-1,1], every picture changed in its own way. Twice differentiable.
  at::Tensor augment(const at::Tensor& pictures, StepContext& context) const;
  /// Once a step. real_logits: positive means "real" (with lsgan, give logits - 0.5). With several ranks each sees its
  /// own logits, so their p may differ.
  void observe(const at::Tensor& real_logits, const StepContext& context);
  double probability() const;

 private:
  AdaOptions options_;
  at::Tensor& state_;  // p; sum of mean signs, steps and images since p last changed
};

/// The pipeline at a fixed probability.
at::Tensor augment_bgc(const at::Tensor& pictures, double probability, StepContext& context);

}  // namespace genga::train
