// What discriminators see of images: the images, or augmented ones (field `augment`).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "train/parts/ada.h"
#include "train/parts/diff_augment.h"
#include "train/run/step_context.h"

namespace genga::train {

/// Throws Error: kInvalidArgument unless it is "none", "ada" or a policy of DiffAugment.
void check_augment(std::string_view augment);

class Augmenter {
 public:
  explicit Augmenter(std::string_view augment);
  Augmenter(const Augmenter&) = delete;
  Augmenter& operator=(const Augmenter&) = delete;
  at::Tensor operator()(const at::Tensor& images, StepContext& context) const;
  /// Tells ada how sure the discriminator is of real images; nothing otherwise. undecided: the logit that means
  /// neither real nor fake.
  void observe(const at::Tensor& real_logits, double undecided);
  /// Lets ada move, once a step. batch: images of a step, of all ranks together.
  void end_step(std::int64_t batch);
  /// ada then follows the mean of all ranks; before, this process alone. The world must live longer.
  void average_over(World& world) { world_ = &world; }

  /// ada's probability; nothing otherwise.
  void save(weights::TensorMap& state, const std::string& prefix) const;
  void load(const weights::TensorMap& state, const std::string& prefix);

 private:
  std::optional<DiffAugment> policy_;
  std::optional<Ada> ada_;
  World alone_;  // of this process only
  World* world_ = &alone_;
};

}  // namespace genga::train
