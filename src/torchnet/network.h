// A graph as a trainable network on LibTorch. Not a public header, because of its torch types: for train, torchengine
// and tests/parity only.
//
// Usual calls:  Network net(graph, {});  net.set_weights(transform::random_weights(graph, seed));
//               net.forward(x).mean().backward();  for (auto& [name, p] : net.parameters()) ... p.grad() ...
//               model.tensors = net.weights();
// Not a torch::nn::Module: parameters are known by ir::weight_specs' names (which contain dots, as modules forbid), and
// ATen alone compiles ten times faster. Threads: one thread at a time per Network.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "genga/weights.h"
#include "torchnet/aten.h"
#include "torchnet/compute.h"
#include "torchnet/spectral_norm.h"

namespace genga::torchnet {

struct NetworkOptions {
  bool spectral_norm = false;          // on every convolution, linear and ChannelScale weight
  std::string spectral_norm_except{};  // but not on this node's
  double batch_norm_momentum = 0.1;    // fraction of a batch in BatchNorm's running statistics
  Compute compute = {};
};

/// Told of each node and its sources, as the op gets them, before the node is computed.
using Observer = std::function<void(const ir::Node& node, std::span<const at::Tensor> src)>;

using NamedTensors = std::map<std::string, at::Tensor, std::less<>>;

class Network {
 public:
  /// All weights start as zeros: call set_weights or set_state. Throws Error: kInvalidArgument (an unfinished graph).
  explicit Network(ir::Graph graph, const NetworkOptions& options = {});

  const ir::Graph& graph() const { return graph_; }

  /// x: [N,C,H,W] f32, on any device. Returns the graph's output, f32, channels_last inside. Differentiable.
  /// Throws Error: kInvalidArgument (shape), kOutOfMemory.
  at::Tensor forward(const at::Tensor& x);
  /// The values of several nodes, in the given order; computes only what they depend on. Node ids from graph().find().
  /// observer: may be null.
  std::vector<at::Tensor> forward(const at::Tensor& x, std::span<const ir::NodeId> wanted,
                                  const Observer& observer = nullptr);

  /// Training: BatchNorm uses and updates statistics of the batch, spectral norm takes one power iteration per forward.
  void set_training(bool training) { training_ = training; }
  /// Frozen: forward still lets gradients through to its input, but none are computed for the weights.
  void set_frozen(bool frozen);

  /// Leaves that an optimizer may change in place, by name, in name order.
  NamedTensors& parameters() { return parameters_; }

  /// Moving average: parameter = (1 - weight) * own + weight * the other's; statistics are copied. weight: 0 to 1.
  /// Requires: the same graph.
  void move_towards(const Network& other, double weight);

  /// Weights as stored in model files, spectral norm folded in.
  weights::TensorMap weights();
  /// Throws Error: kCorruptData as weights::check_tensors does.
  void set_weights(const weights::TensorMap& tensors);
  /// Takes over some of the weights. Throws Error: kInvalidArgument naming a tensor that this network does not have in
  /// that shape.
  void set_some_weights(const weights::TensorMap& tensors);

  /// Everything a resumed run needs: raw weights, running statistics, `<node>.spectral_left`.
  weights::TensorMap state() const;
  /// Throws Error: kCorruptData naming a missing or misshapen tensor.
  void set_state(const weights::TensorMap& tensors);

 private:
  at::Tensor weight_of(const std::string& node_name, bool advance);
  at::Tensor find(const std::string& name) const;
  void assign(const std::string& name, const weights::Tensor& tensor);

  ir::Graph graph_;
  NamedTensors parameters_;                                    // trainable
  NamedTensors statistics_;                                    // BatchNorm's running mean and variance
  std::map<std::string, SpectralNorm, std::less<>> spectral_;  // by weight name; empty without spectral norm
  NetworkOptions options_;
  bool training_ = false;
  std::optional<ir::Shape> checked_shape_;
};

}  // namespace genga::torchnet
