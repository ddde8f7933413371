// Adaptive discriminator augmentation: each transformation happens with probability p, and p follows how sure the
// discriminator is of real images. Source: Karras et al. 2020, arXiv 2006.06676, section 3; algorithms.md 12.
#pragma once

#include <cstdint>
#include <string>

#include "genga/weights.h"
#include "torchnet/aten.h"
#include "train/distributed/world.h"
#include "train/run/step_context.h"

namespace genga::train {

struct AdaOptions {
  double target = 0.6;         // of the mean sign of real logits
  double ramp_images = 500e3;  // p may go from 0 to 1 in so many images
  int every = 4;               // steps between changes of p
};

class Ada {
 public:
  Ada() : Ada(AdaOptions{}) {}
  explicit Ada(const AdaOptions& options) : options_(options) {}

  /// RGB or grey [N,C,S,S] in [-1,1], every image changed in its own way by augment_bgc.
  at::Tensor augment(const at::Tensor& images, StepContext& context) const;
  /// Once for each discriminator and each of its updates: all count alike. real_logits: positive means "real" (with
  /// lsgan, give logits - 0.5).
  void observe(const at::Tensor& real_logits);
  /// Once a step, after its observations. n_images: images of a batch, of all ranks together. world: p follows the
  /// mean of its ranks, so it stays the same on all.
  void end_step(std::int64_t n_images, World& world);
  double probability() const { return probability_; }

  /// `<prefix>ada` [4]. For TrainingState::include.
  void save(weights::TensorMap& state, const std::string& prefix) const;
  /// Throws Error: kCorruptData.
  void load(const weights::TensorMap& state, const std::string& prefix);

 private:
  AdaOptions options_;
  // f32, as checkpoints store them.
  float probability_ = 0, sign_sum_ = 0;  // the sum is over the steps since p last changed
  std::int64_t n_steps_ = 0, n_images_ = 0;
  double step_sum_ = 0;  // of mean signs in the step that is under way
  int n_observed_ = 0;
};

/// The paper's pipeline "bgc" (appendix B) with every transformation at probability p: flip, quarter turns, integer
/// translation; scale, rotation, anisotropic scale, fractional translation; brightness, contrast, luma flip, hue,
/// saturation. Beyond borders images are mirrored. Twice differentiable. Differs: bilinear sampling instead of the
/// wavelet low-pass. images: RGB or grey, [N,C,S,S] in [-1,1].
at::Tensor augment_bgc(const at::Tensor& images, double p, StepContext& context);

}  // namespace genga::train
