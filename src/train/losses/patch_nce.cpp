// PatchNCE as batched products.
#include "train/losses/patch_nce.h"

#include <algorithm>

namespace genga::train {
namespace {

/// [N,D,P,1] -> [N,P,D], each vector of length 1.
at::Tensor unit_vectors(const at::Tensor& features) {
  const at::Tensor flat = features.flatten(2).transpose(1, 2);
  return flat / (flat.norm(2, {2}, /*keepdim=*/true) + 1e-7);
}

}  // namespace

at::Tensor random_positions(std::int64_t n_positions, std::int64_t count, StepContext& context) {
  return at::randperm(n_positions, context.random(), at::kLong).narrow(0, 0, std::min(count, n_positions));
}

at::Tensor pick(const at::Tensor& features, const at::Tensor& positions) {
  return features.flatten(2).index_select(2, positions.to(features.device())).unsqueeze(3);
}

at::Tensor patch_nce(const at::Tensor& query, const at::Tensor& key, double temperature) {
  const at::Tensor q = unit_vectors(query), k = unit_vectors(key.detach());  // [N,P,D]
  // Row i holds q_i . k_j; the positive is the diagonal. The original also keeps a constant -10 in its place among the
  // negatives: e^(-10/.07) of the sum, nothing in f32.
  const at::Tensor logits = at::bmm(q, k.transpose(1, 2)) / temperature;  // [N,P,P]
  return -at::log_softmax(logits, 2).diagonal(0, 1, 2).mean();
}

}  // namespace genga::train
