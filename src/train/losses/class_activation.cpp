// Logits of class activation maps, from features and the classifier's weights.
#include "train/losses/class_activation.h"

namespace genga::train {

at::Tensor class_activation_logits(const at::Tensor& x, const at::Tensor& average_map, const at::Tensor& max_map) {
  const at::Tensor average = average_map.mean({2, 3}).sum(1);
  // w_k max(x_k) is the map's value where x_k is largest; with w_k below 0 that is not the map's own maximum.
  const at::Tensor place = x.flatten(2).argmax(2, true);  // [N,C,1]
  const at::Tensor max = max_map.flatten(2).gather(2, place).squeeze(2).sum(1);
  return at::stack({average, max}, 1);
}

}  // namespace genga::train
