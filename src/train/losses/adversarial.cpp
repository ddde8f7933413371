#include "train/losses/adversarial.h"

#include "genga/error.h"

namespace genga::train {

Adversarial adversarial_by_name(std::string_view name) {
  if (name == "lsgan") return Adversarial::kLsgan;
  if (name == "hinge") return Adversarial::kHinge;
  fail(ErrorCode::kInvalidArgument, "adversarial: is '{}', expected lsgan or hinge", name);
}

at::Tensor loss_when_real(Adversarial kind, const at::Tensor& logits) {
  return kind == Adversarial::kLsgan ? (logits - 1).square().mean() : at::relu(1 - logits).mean();
}

at::Tensor loss_when_fake(Adversarial kind, const at::Tensor& logits) {
  return kind == Adversarial::kLsgan ? logits.square().mean() : at::relu(1 + logits).mean();
}

at::Tensor loss_to_fool(Adversarial kind, const at::Tensor& logits) {
  return kind == Adversarial::kLsgan ? (logits - 1).square().mean() : -logits.mean();
}

}  // namespace genga::train
