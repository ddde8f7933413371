#include "train/losses/total_variation.h"

namespace genga::train {
namespace {

at::Tensor mean_square_differences(const at::Tensor& picture) {
  return picture.diff(1, 2).square().mean() + picture.diff(1, 3).square().mean();
}

}  // namespace

at::Tensor total_variation(const at::Tensor& picture) {
  return mean_square_differences(picture) / 2;
}

at::Tensor whitebox_total_variation(const at::Tensor& picture) {
  return mean_square_differences(picture) / static_cast<double>(picture.numel() / picture.size(0));
}

}  // namespace genga::train
