// Gram matrices and sorted projections.
#include "train/losses/style.h"

namespace genga::train {

at::Tensor gram(const at::Tensor& features) {
  const at::Tensor flat = features.flatten(2);  // [N,C,HW]
  return at::bmm(flat, flat.transpose(1, 2)) / static_cast<double>(flat.size(1) * flat.size(2));
}

at::Tensor decentralised_gram(const at::Tensor& features) {
  return gram(features - features.mean({2, 3}, /*keepdim=*/true));
}

at::Tensor style_loss(const at::Tensor& a, const at::Tensor& b) {
  return (gram(a) - gram(b)).abs().mean();
}

at::Tensor decentralised_style_loss(const at::Tensor& a, const at::Tensor& b) {
  return (decentralised_gram(a) - decentralised_gram(b)).abs().mean() / static_cast<double>(a.size(1));
}

at::Tensor sliced_wasserstein(const at::Tensor& a, const at::Tensor& b, at::Generator& random) {
  at::Tensor directions = at::randn({kDirections, a.size(1)}, random, a.options().device(at::kCPU));
  directions = (directions / directions.norm(2, {1}, true)).to(a.device());
  const auto sorted = [&](const at::Tensor& x) {
    return std::get<0>(at::matmul(directions, x.flatten(2)).sort(2));  // [N,kDirections,H*W]
  };
  return (sorted(a) - sorted(b)).abs().mean();
}

}  // namespace genga::train
