// How LibTorch computes each op of genga/ops.h; one overload per alternative, differentiable in sources and weights.
// Private to torchnet. Called from Network::forward only, which has already checked shapes.
#pragma once

#include <vector>

#include "genga/ops.h"
#include "torchnet/aten.h"

namespace genga::torchnet {

/// A node's weights as the op wants them: spectral norm already applied, absent ones undefined.
struct NodeWeights {
  at::Tensor weight, bias, running_mean, running_var, rho, mean, deviation, log_sum;
};

struct Call {
  std::vector<at::Tensor> src;
  NodeWeights weights;
  bool training = false;                   // batch statistics in BatchNorm
  double batch_norm_momentum = 0.1;        // fraction of the batch in its running statistics
  at::ScalarType arithmetic = at::kFloat;  // of convolutions and matrix products
};

at::Tensor apply(const ir::Input& op, const Call& call);
at::Tensor apply(const ir::Conv2d& op, const Call& call);
at::Tensor apply(const ir::ConvTranspose2d& op, const Call& call);
at::Tensor apply(const ir::Linear& op, const Call& call);
at::Tensor apply(const ir::Reshape& op, const Call& call);
at::Tensor apply(const ir::BatchNorm& op, const Call& call);
at::Tensor apply(const ir::InstanceNorm& op, const Call& call);
at::Tensor apply(const ir::LayerNorm& op, const Call& call);
at::Tensor apply(const ir::Activation& op, const Call& call);
at::Tensor apply(const ir::Add& op, const Call& call);
at::Tensor apply(const ir::Concat& op, const Call& call);
at::Tensor apply(const ir::Affine& op, const Call& call);
at::Tensor apply(const ir::Upsample& op, const Call& call);
at::Tensor apply(const ir::PixelShuffle& op, const Call& call);
at::Tensor apply(const ir::PixelUnshuffle& op, const Call& call);
at::Tensor apply(const ir::GuidedFilter& op, const Call& call);
at::Tensor apply(const ir::Pool2d& op, const Call& call);
at::Tensor apply(const ir::GlobalPool& op, const Call& call);
at::Tensor apply(const ir::ChannelScale& op, const Call& call);
at::Tensor apply(const ir::Blur& op, const Call& call);
at::Tensor apply(const ir::Lade& op, const Call& call);
at::Tensor apply(const ir::Lin& op, const Call& call);
at::Tensor apply(const ir::AdaLin& op, const Call& call);
at::Tensor apply(const ir::ExternalAttention& op, const Call& call);
at::Tensor apply(const ir::GaussianMixture& op, const Call& call);

}  // namespace genga::torchnet
