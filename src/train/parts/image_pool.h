// Replay buffer: the discriminator also sees older fakes, so that it cannot chase the generator's last move.
// Source: Shrivastava et al. 2017, arXiv 1612.07828; algorithms.md 1.10.
#pragma once

#include <string>
#include <vector>

#include "genga/weights.h"
#include "torchnet/aten.h"
#include "train/run/step_context.h"

namespace genga::train {

class ImagePool {
 public:
  explicit ImagePool(std::size_t capacity = 50) : capacity_(capacity) {}

  /// Per image of [N,C,H,W]: while the pool fills, the image itself is kept and returned; later it is returned with
  /// probability 1/2, or else an old one, whose place it takes. Without gradient.
  at::Tensor exchange(const at::Tensor& fakes, StepContext& context);

  /// `<prefix>images` [n,C,H,W]; nothing while empty. For TrainingState::include.
  void save(weights::TensorMap& state, const std::string& prefix) const;
  /// Throws Error: kCorruptData (not images, or more than the capacity).
  void load(const weights::TensorMap& state, const std::string& prefix);

 private:
  std::size_t capacity_;
  std::vector<at::Tensor> images_;  // [1,C,H,W] each
};

}  // namespace genga::train
