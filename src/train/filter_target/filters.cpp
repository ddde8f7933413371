// Blur, smooth step and Sobel, as LibTorch convolutions.
#include "train/filter_target/filters.h"

#include <cmath>

namespace genga::train {
namespace {

at::Tensor pad_edge(const at::Tensor& src, std::int64_t px) {
  return at::replication_pad2d(src, {px, px, px, px});
}

}  // namespace

at::Tensor gaussian_blur(const at::Tensor& src, double sigma) {
  const auto radius = static_cast<std::int64_t>(std::ceil(2.5 * sigma));
  const at::Tensor t = at::arange(-radius, radius + 1, src.options());
  const at::Tensor weights = at::exp(-t.square() / (2 * sigma * sigma));
  const at::Tensor kernel = weights / weights.sum();
  const std::int64_t channels = src.size(1);
  const auto filter = [&](const at::Tensor& image, at::IntArrayRef shape) {
    const at::Tensor weight = kernel.view(shape).repeat({channels, 1, 1, 1});
    const std::int64_t stride = 1, padding = 0, dilation = 1;
    return at::conv2d(image, weight, at::Tensor(), stride, padding, dilation, channels);
  };
  return filter(filter(pad_edge(src, radius), {1, 1, 1, -1}), {1, 1, -1, 1});
}

at::Tensor smooth_step(const at::Tensor& src, double low, double high) {
  const at::Tensor t = ((src - low) / (high - low)).clamp(0, 1);
  return t.square() * (3 - 2 * t);
}

Derivatives sobel(const at::Tensor& src) {
  const at::Tensor smooth = at::tensor({1.0F, 2.0F, 1.0F}, src.options()).view({3, 1}) / 8;
  const at::Tensor difference = at::tensor({-1.0F, 0.0F, 1.0F}, src.options()).view({1, 3});
  const at::Tensor kernel = (smooth * difference).view({1, 1, 3, 3});
  const at::Tensor padded = pad_edge(src, 1);
  return {at::conv2d(padded, kernel), at::conv2d(padded, kernel.transpose(2, 3))};
}

}  // namespace genga::train
