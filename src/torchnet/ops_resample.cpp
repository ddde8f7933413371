// Enlarging, moving pixels between channels and places, and the guided filter.

#include "torchnet/ops.h"

namespace genga::torchnet {
namespace {

/// Legacy TensorFlow bilinear along one axis: sample i lies at i/factor, the last one repeats (algorithms.md T1).
at::Tensor enlarge_asymmetric(const at::Tensor& src, std::int64_t axis, std::int64_t factor) {
  const std::int64_t n_src = src.size(axis);
  const at::Tensor i = at::arange(n_src * factor, src.options().dtype(at::kLong));
  const at::Tensor below = i.div(factor, "floor");
  const at::Tensor above = (below + 1).clamp_max(n_src - 1);
  std::vector<std::int64_t> dims(4, 1);
  dims[static_cast<std::size_t>(axis)] = n_src * factor;
  const at::Tensor weight = (i.remainder(factor).to(at::kFloat) / static_cast<double>(factor)).view(dims);
  return at::lerp(src.index_select(axis, below), src.index_select(axis, above), weight);
}

/// Mean over windows of 2*radius+1, clipped at the borders and divided by the true count.
at::Tensor box_mean(const at::Tensor& src, std::int64_t radius) {
  return at::avg_pool2d(src, 2 * radius + 1, 1, radius, /*ceil_mode=*/false, /*count_include_pad=*/false);
}

}  // namespace

at::Tensor apply(const ir::Upsample& op, const Call& call) {
  const at::Tensor& src = call.src[0];
  const std::array<std::int64_t, 2> size{src.size(2) * op.factor, src.size(3) * op.factor};
  switch (op.mode) {
    case ir::UpsampleMode::kNearest:
      return at::upsample_nearest2d(src, size);
    case ir::UpsampleMode::kHalfPixel:
      return at::upsample_bilinear2d(src, size, /*align_corners=*/false);
    case ir::UpsampleMode::kAlignCorners:
      return at::upsample_bilinear2d(src, size, /*align_corners=*/true);
    case ir::UpsampleMode::kAsymmetric:
      break;
  }
  return enlarge_asymmetric(enlarge_asymmetric(src, 2, op.factor), 3, op.factor);
}

at::Tensor apply(const ir::PixelShuffle& op, const Call& call) {
  return at::pixel_shuffle(call.src[0], op.factor);
}

at::Tensor apply(const ir::PixelUnshuffle& op, const Call& call) {
  return at::pixel_unshuffle(call.src[0], op.factor);
}

// Source: He, Sun, Tang 2010, "Guided Image Filtering", eqs. (5), (6), (8).
at::Tensor apply(const ir::GuidedFilter& op, const Call& call) {
  const at::Tensor& guide = call.src[0];
  const at::Tensor& src = call.src[1];
  const at::Tensor mean_guide = box_mean(guide, op.radius);
  const at::Tensor mean_src = box_mean(src, op.radius);
  const at::Tensor covariance = box_mean(guide * src, op.radius) - mean_guide * mean_src;
  const at::Tensor variance = box_mean(guide * guide, op.radius) - mean_guide * mean_guide;
  const at::Tensor slope = covariance / (variance + op.eps);
  const at::Tensor offset = mean_src - slope * mean_guide;
  return box_mean(slope, op.radius) * guide + box_mean(offset, op.radius);
}

}  // namespace genga::torchnet
