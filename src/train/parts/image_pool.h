// Replay buffer: the discriminator also sees older fakes, so that it cannot chase the generator's last move.
// Source: Shrivastava et al. 2017, arXiv 1612.07828; algorithms.md 1.10.
#pragma once

#include <string>

#include "torchnet/aten.h"
#include "train/roster.h"
#include "train/step_context.h"

namespace genga::train {

class ImagePool {
 public:
  static constexpr std::int64_t kCapacity = 50;

  /// The roster keeps the pictures (`<name>_pictures` [50,3,side,side] and `<name>_count`) in its state.
  ImagePool(Roster& roster, const std::string& name, std::int64_t side_px);

  /// Per picture of [N,3,side,side]: while the pool fills, the picture itself is kept and returned; later it is
  /// returned with probability 1/2, or else an old one, whose place it takes. Without gradient.
  at::Tensor exchange(const at::Tensor& fakes, StepContext& context);

 private:
  at::Tensor& pictures_;
  at::Tensor& count_;  // [1]
};

}  // namespace genga::train
