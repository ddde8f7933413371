// Chooses between no augmentation, DiffAugment and ADA.
#include "train/optim/augmenter.h"

namespace genga::train {

void check_augment(std::string_view augment) {
  if (augment != "none" && augment != "ada") DiffAugment{augment};
}

Augmenter::Augmenter(std::string_view augment) {
  if (augment == "ada") {
    ada_.emplace();
  } else if (augment != "none") {
    policy_.emplace(augment);
  }
}

at::Tensor Augmenter::operator()(const at::Tensor& images, StepContext& context) const {
  if (policy_) return (*policy_)(images, context);
  return ada_ ? ada_->augment(images, context) : images;
}

void Augmenter::observe(const at::Tensor& real_logits, double undecided) {
  if (ada_) ada_->observe(real_logits.detach() - undecided);
}

void Augmenter::end_step(std::int64_t batch) {
  if (ada_) ada_->end_step(batch, *world_);
}

void Augmenter::save(weights::TensorMap& state, const std::string& prefix) const {
  if (ada_) ada_->save(state, prefix);
}

void Augmenter::load(const weights::TensorMap& state, const std::string& prefix) {
  if (ada_) ada_->load(state, prefix);
}

}  // namespace genga::train
