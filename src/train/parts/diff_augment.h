// Differentiable augmentation of everything a discriminator sees, real and fake, in its steps and the generator's.
// Source: Zhao et al. 2020, arXiv 2006.10738; algorithms.md 12.
#pragma once

#include <string_view>

#include "torchnet/aten.h"
#include "train/run/step_context.h"

namespace genga::train {

class DiffAugment {
 public:
  /// policy: a comma-separated choice of "color", "translation", "cutout"; empty: none. For translation of images
  /// leave color out: it teaches the discriminator to ignore color. Throws Error: kInvalidArgument.
  explicit DiffAugment(std::string_view policy);

  /// [N,C,H,W] in [-1,1], every image changed in its own way. Twice differentiable.
  at::Tensor operator()(const at::Tensor& images, StepContext& context) const;

 private:
  bool color_ = false, translation_ = false, cutout_ = false;
};

}  // namespace genga::train
