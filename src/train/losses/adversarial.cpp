// The six adversarial losses.
#include "train/losses/adversarial.h"

#include "genga/error.h"

namespace genga::train {
namespace {

/// Binary cross-entropy on logits against one label: softplus(-x) for 1, softplus(x) for 0, between them by fraction.
at::Tensor cross_entropy(const at::Tensor& logits, double label) {
  return (at::softplus(logits) - label * logits).mean();
}

}  // namespace

Adversarial adversarial_by_name(std::string_view name) {
  if (name == "lsgan") return Adversarial::kLsgan;
  if (name == "vanilla") return Adversarial::kVanilla;
  if (name == "hinge") return Adversarial::kHinge;
  if (name == "wgan-gp") return Adversarial::kWganGp;
  if (name == "wgan-lp") return Adversarial::kWganLp;
  if (name == "dragan") return Adversarial::kDragan;
  fail(ErrorCode::kInvalidArgument, "adversarial: is '{}', expected lsgan, vanilla, hinge, wgan-gp, wgan-lp or dragan",
       name);
}

at::Tensor loss_when_real(Adversarial kind, const at::Tensor& logits, double label) {
  switch (kind) {
    case Adversarial::kLsgan:
      return (logits - label).square().mean();
    case Adversarial::kVanilla:
    case Adversarial::kDragan:
      return cross_entropy(logits, label);
    case Adversarial::kHinge:
      return at::relu(1 - logits).mean();
    case Adversarial::kWganGp:
    case Adversarial::kWganLp:
      break;
  }
  return -logits.mean();
}

at::Tensor loss_when_fake(Adversarial kind, const at::Tensor& logits, double label) {
  switch (kind) {
    case Adversarial::kLsgan:
      return (logits - label).square().mean();
    case Adversarial::kVanilla:
    case Adversarial::kDragan:
      return cross_entropy(logits, label);
    case Adversarial::kHinge:
      return at::relu(1 + logits).mean();
    case Adversarial::kWganGp:
    case Adversarial::kWganLp:
      break;
  }
  return logits.mean();
}

at::Tensor loss_to_fool(Adversarial kind, const at::Tensor& logits, double label) {
  return kind == Adversarial::kHinge ? -logits.mean() : loss_when_real(kind, logits, label);
}

}  // namespace genga::train
