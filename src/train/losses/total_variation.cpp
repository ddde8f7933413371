// Total variation as mean squared differences of neighbours.
#include "train/losses/total_variation.h"

namespace genga::train {
namespace {

at::Tensor mean_square_differences(const at::Tensor& image) {
  return image.diff(1, 2).square().mean() + image.diff(1, 3).square().mean();
}

}  // namespace

at::Tensor total_variation(const at::Tensor& image) {
  return mean_square_differences(image) / 2;
}

at::Tensor whitebox_total_variation(const at::Tensor& image) {
  return mean_square_differences(image) / static_cast<double>(image.numel() / image.size(0));
}

}  // namespace genga::train
