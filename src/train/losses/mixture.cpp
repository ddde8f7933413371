// The regulariser of DeLiGAN's mixture.
#include "train/losses/mixture.h"

namespace genga::train {

at::Tensor sigma_regulariser(const at::Tensor& deviation) {
  return (deviation - 1).square().mean();
}

}  // namespace genga::train
