// One model on one device, made once; sessions run copies of it, which share the weights.
#pragma once

#include "genga/engine.h"
#include "torchnet/network.h"

namespace genga::torchengine {

class Program {
 public:
  /// Weights of convolutions and matrix products are stored in the type of the arithmetic. Throws Error: kCorruptData.
  Program(const weights::Model& model, const torchnet::Compute& place, int threads);

  const ir::Graph& graph() const { return network_.graph(); }
  const torchnet::Compute& place() const { return place_; }
  int threads() const { return threads_; }

  /// x: [1,C,H,W] f32 on the device. One thread at a time, without gradients. observer: may be null.
  at::Tensor forward(const at::Tensor& x, const torchnet::Observer& observer = nullptr);
  /// A node's weight; undefined where it has none.
  at::Tensor weight(const ir::Node& node);

 private:
  torchnet::Network network_;
  torchnet::Compute place_;
  int threads_;
};

}  // namespace genga::torchengine
