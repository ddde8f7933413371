// Norms, always in f32.

#include "torchnet/ops.h"

namespace genga::torchnet {

namespace {

struct Moments {
  at::Tensor mean, var;  // [N,C,1,1], biased
};

/// Over H and W. Two passes: at::var's single pass is not vectorised on the CPU, and E[x^2] - E[x]^2 cancels.
Moments spatial_moments(const at::Tensor& src) {
  const at::Tensor mean = src.mean({2, 3}, /*keepdim=*/true);
  return {mean, (src - mean).square().mean({2, 3}, /*keepdim=*/true)};
}

/// Over C, H and W, from those of the channels (law of total variance).
Moments whole_moments(const Moments& channels) {
  const at::Tensor mean = channels.mean.mean(1, /*keepdim=*/true);
  return {mean, (channels.var + (channels.mean - mean).square()).mean(1, /*keepdim=*/true)};
}

/// U-GAT-IT's equation 1; scale and shift broadcast to [N,C,1,1].
at::Tensor layer_instance_norm(const at::Tensor& src, double eps, bool unbiased, const at::Tensor& rho_per_channel,
                               const at::Tensor& scale, const at::Tensor& shift) {
  const Moments instance = spatial_moments(src);
  const Moments layer = whole_moments(instance);
  const auto inverse_deviation = [&](const at::Tensor& var, double count) {
    return (var * (unbiased ? count / (count - 1) : 1.0) + eps).rsqrt();
  };
  const auto pixels = static_cast<double>(src.size(2) * src.size(3));
  const at::Tensor rho = rho_per_channel.view({1, -1, 1, 1});
  const at::Tensor by_instance = rho * inverse_deviation(instance.var, pixels);
  const at::Tensor by_layer = (1 - rho) * inverse_deviation(layer.var, pixels * static_cast<double>(src.size(1)));
  const at::Tensor slope = (by_instance + by_layer) * scale;
  const at::Tensor offset = shift - (instance.mean * by_instance + layer.mean * by_layer) * scale;
  return at::addcmul(offset, src, slope);
}

}  // namespace

at::Tensor apply(const ir::BatchNorm& op, const Call& call) {
  const NodeWeights& w = call.weights;
  return at::batch_norm(call.src[0], w.weight, w.bias, w.running_mean, w.running_var, call.training,
                        call.batch_norm_momentum, op.eps, /*cudnn_enabled=*/false);
}

at::Tensor apply(const ir::InstanceNorm& op, const Call& call) {
  const at::Tensor& src = call.src[0];
  const NodeWeights& w = call.weights;
  // LibTorch's instance_norm (1.13, 2.6) gives one image wrong gradients where those from above are in channels-last
  // order; of one image, the batch's statistics are the instance's.
  if (src.size(0) == 1) {
    return at::batch_norm(src, w.weight, w.bias, {}, {}, /*training=*/true, /*momentum=*/0, op.eps,
                          /*cudnn_enabled=*/false);
  }
  return at::instance_norm(src, w.weight, w.bias, {}, {}, /*use_input_stats=*/true, /*momentum=*/0, op.eps,
                           /*cudnn_enabled=*/false);
}

at::Tensor apply(const ir::LayerNorm& op, const Call& call) {
  return at::group_norm(call.src[0], 1, call.weights.weight, call.weights.bias, op.eps, /*cudnn_enabled=*/false);
}

at::Tensor apply(const ir::Lade& op, const Call& call) {
  const Moments own = spatial_moments(call.src[0]);
  const Moments wanted = spatial_moments(call.src[1]);
  const at::Tensor slope = (wanted.var + op.eps).sqrt() * (own.var + op.eps).rsqrt();
  return at::addcmul(wanted.mean - own.mean * slope, call.src[0], slope);
}

at::Tensor apply(const ir::Lin& op, const Call& call) {
  const NodeWeights& w = call.weights;
  return layer_instance_norm(call.src[0], op.eps, op.unbiased, w.rho, w.weight.view({1, -1, 1, 1}),
                             w.bias.view({1, -1, 1, 1}));
}

at::Tensor apply(const ir::AdaLin& op, const Call& call) {
  return layer_instance_norm(call.src[0], op.eps, op.unbiased, call.weights.rho, call.src[1], call.src[2]);
}

}  // namespace genga::torchnet
