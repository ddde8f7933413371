// The ops as loops over their definition in genga/ops.h. Shapes and weights have been checked by run().
#pragma once

#include <string>
#include <vector>

#include "genga/ref.h"

namespace genga::ref {

/// An op's weights in f32; empty where the op has none.
struct Weights {
  std::vector<float> weight, bias, running_mean, running_var, rho, mean, deviation, log_sum;
};

/// Index of one number. Out of range is a bug that only the sanitizers see.
inline std::size_t at(const ir::Shape& s, std::int64_t n, std::int64_t c, std::int64_t y, std::int64_t x) {
  return static_cast<std::size_t>(((n * s.c + c) * s.h + y) * s.w + x);
}

/// Every function returns an array of `shape`.
Array conv(const ir::Conv2d& op, const Array& src, const Weights& weights, const ir::Shape& shape);
Array conv_transpose(const ir::ConvTranspose2d& op, const Array& src, const Weights& weights, const ir::Shape& shape);
Array linear(const ir::Linear& op, const Array& src, const Weights& weights, const ir::Shape& shape);

/// Takes what a whole-image op saw of image 0, for weights::NormStatistics.
struct Recorder {
  weights::NormStatistics* statistics = nullptr;  // null: nobody wants to know
  std::string node;

  void add(const char* suffix, const std::vector<double>& values) const;
};
Array batch_norm(const ir::BatchNorm& op, const Array& src, const Weights& weights);
Array instance_norm(const ir::InstanceNorm& op, const Array& src, const Weights& weights, const Recorder& recorder);
Array layer_norm(const ir::LayerNorm& op, const Array& src, const Weights& weights, const Recorder& recorder);
Array lade(const ir::Lade& op, const Array& src, const Array& target, const Recorder& recorder);
Array lin(const ir::Lin& op, const Array& src, const Weights& weights, const Recorder& recorder);
/// src: x, gamma, beta.
Array ada_lin(const ir::AdaLin& op, const std::vector<const Array*>& src, const Weights& weights,
              const Recorder& recorder);

Array external_attention(const ir::ExternalAttention& op, const Array& src, const Weights& weights,
                         const Recorder& recorder);
Array gaussian_mixture(const ir::GaussianMixture& op, const Array& src, const Weights& weights, const ir::Shape& shape);

Array pool(const ir::Pool2d& op, const Array& src, const ir::Shape& shape);
Array global_pool(const ir::GlobalPool& op, const Array& src, const ir::Shape& shape);
Array blur(const ir::Blur& op, const Array& src, const ir::Shape& shape);
Array channel_scale(const Array& src, const Weights& weights);

Array activation(const ir::Activation& op, const Array& src);
Array affine(const ir::Affine& op, const Array& src);
Array add(const std::vector<const Array*>& src);
Array concat(const std::vector<const Array*>& src, const ir::Shape& shape);

Array upsample(const ir::Upsample& op, const Array& src, const ir::Shape& shape);
Array pixel_shuffle(const ir::PixelShuffle& op, const Array& src, const ir::Shape& shape);
Array pixel_unshuffle(const ir::PixelUnshuffle& op, const Array& src, const ir::Shape& shape);

Array guided_filter(const ir::GuidedFilter& op, const Array& guide, const Array& src);

}  // namespace genga::ref
