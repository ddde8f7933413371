// Distances between images, as LibTorch operations.
#include "train/losses/content.h"

namespace genga::train {

at::Tensor l1(const at::Tensor& image, const at::Tensor& target) {
  return (image - target).abs().mean();
}

at::Tensor gradient_l1(const at::Tensor& image, const at::Tensor& target) {
  const at::Tensor error = image - target;
  return error.diff(1, 2).abs().mean() + error.diff(1, 3).abs().mean();
}

at::Tensor flat_gradient_l1(const at::Tensor& image, const at::Tensor& target) {
  constexpr double kFlat = 0.02;          // mean slope per pixel of what counts as flat
  constexpr std::int64_t kNearby = 2;     // pixels on each side that must be flat as well
  const auto fractions = [&](int axis) {  // [N,1,H,W] less the last row or column
    const at::Tensor slope = target.diff(1, axis).abs().mean(1, true);
    return at::exp(at::max_pool2d(slope, 2 * kNearby + 1, 1, kNearby) * (-1 / kFlat));
  };
  const at::Tensor error = image - target;
  return (error.diff(1, 2).abs() * fractions(2)).mean() + (error.diff(1, 3).abs() * fractions(3)).mean();
}

at::Tensor low_pass_l1(const at::Tensor& image, const at::Tensor& target, std::int64_t factor) {
  return at::avg_pool2d(image - target, factor).abs().mean();
}

at::Tensor luma(const at::Tensor& rgb) {
  return 0.299 * rgb.narrow(1, 0, 1) + 0.587 * rgb.narrow(1, 1, 1) + 0.114 * rgb.narrow(1, 2, 1);
}

}  // namespace genga::train
