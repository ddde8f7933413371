// Shorthand for writing a network as its layer table: each call appends one layer and returns its node.
// Layers without weights are named after their source ("enc1" -> "enc1.lrelu"), so that only weighted layers need
// names.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "genga/graph.h"

namespace genga::models {

using ir::NodeId;

/// The same number of pixels on all four sides.
constexpr ir::Pad all_sides(int px) {
  return {px, px, px, px};
}
/// Sides for a 3x3 stride-2 convolution of an even size, where one pixel suffices (algorithms.md T5): TensorFlow's SAME
/// and the generators of AnimeGAN v1 and v2 pad bottom and right; their discriminators and all of v3 top and left.
constexpr ir::Pad kBottomRight{0, 0, 1, 1};
constexpr ir::Pad kTopLeft{1, 1, 0, 0};

class Net {
 public:
  explicit Net(const ir::Input& input) { x_ = graph_.add("x", input); }

  NodeId input() const { return x_; }
  NodeId conv(std::string name, NodeId src, const ir::Conv2d& op) { return graph_.add(std::move(name), op, {src}); }
  NodeId conv_transpose(std::string name, NodeId src, const ir::ConvTranspose2d& op) {
    return graph_.add(std::move(name), op, {src});
  }
  NodeId batch_norm(std::string name, NodeId src) { return graph_.add(std::move(name), ir::BatchNorm{}, {src}); }
  /// Affine: with learnt scale and shift.
  NodeId instance_norm(std::string name, NodeId src, float eps) {
    return graph_.add(std::move(name), ir::InstanceNorm{.eps = eps}, {src});
  }
  NodeId layer_norm(std::string name, NodeId src, float eps) {
    return graph_.add(std::move(name), ir::LayerNorm{.eps = eps}, {src});
  }

  NodeId linear(std::string name, NodeId src, const ir::Linear& op) { return graph_.add(std::move(name), op, {src}); }
  /// Any layer, for those that few networks have, and for layers without weights that others must find by name.
  NodeId layer(std::string name, ir::Op op, std::vector<NodeId> src) {
    return graph_.add(std::move(name), std::move(op), std::move(src));
  }

  /// Without scale and shift: no weights.
  NodeId plain_instance_norm(NodeId src) { return derived("in", ir::InstanceNorm{.affine = false}, {src}); }
  NodeId relu(NodeId src) { return derived("relu", ir::Activation{.kind = ir::ActivationKind::kRelu}, {src}); }
  NodeId lrelu(NodeId src) {  // slope 0.2 in every paper of the family (algorithms.md 0)
    return derived("lrelu", ir::Activation{.kind = ir::ActivationKind::kLeakyRelu, .slope = 0.2F}, {src});
  }
  NodeId tanh(NodeId src) { return derived("tanh", ir::Activation{.kind = ir::ActivationKind::kTanh}, {src}); }
  NodeId sigmoid(NodeId src) { return derived("sigmoid", ir::Activation{.kind = ir::ActivationKind::kSigmoid}, {src}); }
  NodeId affine(NodeId src, float scale, float offset) {
    return derived("affine", ir::Affine{.scale = scale, .offset = offset}, {src});
  }
  NodeId add(NodeId a, NodeId b) { return derived("add", ir::Add{}, {a, b}); }
  NodeId concat(NodeId a, NodeId b) { return derived("concat", ir::Concat{}, {a, b}); }
  NodeId pool(NodeId src, const ir::Pool2d& op) { return derived("pool", op, {src}); }
  NodeId global_average(NodeId src) {
    return derived("average", ir::GlobalPool{.kind = ir::PoolKind::kAverage}, {src});
  }
  NodeId blur2(NodeId src) { return derived("blur", ir::Blur{.stride = 2}, {src}); }
  NodeId reshape(NodeId src, const ir::Reshape& op) { return derived("reshape", op, {src}); }
  NodeId up2(NodeId src, ir::UpsampleMode mode) {
    return derived("up", ir::Upsample{.factor = 2, .mode = mode}, {src});
  }
  NodeId shuffle2(NodeId src) { return derived("shuffle", ir::PixelShuffle{.factor = 2}, {src}); }
  NodeId unshuffle2(NodeId src) { return derived("unshuffle", ir::PixelUnshuffle{.factor = 2}, {src}); }
  NodeId guided_filter(NodeId guide, NodeId src, const ir::GuidedFilter& op) {
    return derived("guided", op, {guide, src});
  }

  ir::Graph finish(NodeId output) {
    graph_.set_output(output);
    return std::move(graph_);
  }

 private:
  /// Named after the last source: it is the branch that the layer continues.
  NodeId derived(const char* suffix, ir::Op op, std::vector<NodeId> src) {
    std::string name = graph_.node(src.back()).name + "." + suffix;
    return graph_.add(std::move(name), std::move(op), std::move(src));
  }

  ir::Graph graph_;
  NodeId x_ = -1;
};

}  // namespace genga::models
