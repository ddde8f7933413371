// Smoothing along the flow of an image: the loader's filter, image by image, for tensors.
#include <ATen/Parallel.h>

#include <algorithm>

#include "train/filter_target/filters.h"

namespace genga::train {
namespace {

constexpr double kTensorSigma = 2;

at::Tensor on_processor(const at::Tensor& image) {
  return image.to(at::kCPU, at::kFloat).contiguous();
}

std::span<float> one(const at::Tensor& images, std::int64_t i) {
  return {images.data_ptr<float>() + i * images.stride(0), static_cast<std::size_t>(images.stride(0))};
}

filters::Planes planes_of(const at::Tensor& rgb, std::int64_t i) {
  const std::span<float> values = one(rgb, i);
  return {static_cast<int>(rgb.size(3)), static_cast<int>(rgb.size(2)), {values.begin(), values.end()}};
}

/// paint(i, room for the image's result) for every image.
template <typename Paint>
at::Tensor each(at::Tensor result, const Paint& paint) {
  at::parallel_for(0, result.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) std::ranges::copy(paint(i), one(result, i).begin());
  });
  return result;
}

}  // namespace

at::Tensor smooth_along_flow(const at::Tensor& rgb, const filters::FlowSmoothing& options) {
  const at::Tensor src = on_processor(rgb);
  return each(at::empty_like(src),
              [&](std::int64_t i) { return filters::smooth_along_flow(planes_of(src, i), options).values; })
      .to(rgb.device());
}

at::Tensor smooth_along_flow_of(const at::Tensor& rgb, const at::Tensor& plane, double sigma) {
  const at::Tensor guide = on_processor(rgb), src = on_processor(plane);
  return each(at::empty_like(src),
              [&](std::int64_t i) {
                return filters::Flow(planes_of(guide, i), kTensorSigma).smooth(one(src, i), sigma);
              })
      .to(rgb.device());
}

}  // namespace genga::train
