// Adam. Source: Kingma and Ba 2015, arXiv 1412.6980, algorithm 1. Own code, not torch::optim: the state is plain
// tensors under the weights' names, so a checkpoint is readable and does not depend on LibTorch's version.
#pragma once

#include <cstdint>
#include <string>

#include "torchnet/network.h"

namespace genga::train {

struct AdamOptions {
  double beta1 = 0.5, beta2 = 0.99;
  double clip = 0;          // gradients are scaled down to this norm; 0: never
  double weight_decay = 0;  // added to gradients, times the weight (L2, as PyTorch's Adam; U-GAT-IT)
};

class Adam {
 public:
  /// parameters: leaves to change; the optimiser shares them.
  Adam(torchnet::NamedTensors parameters, const AdamOptions& options);

  const torchnet::NamedTensors& parameters() const { return parameters_; }
  void clear_gradients();
  /// One step, unless the gradient is not finite: then nothing changes. Returns the gradient's norm before clipping.
  double step(double learning_rate);

  /// `<prefix><name>.m`, `<prefix><name>.v`, `<prefix>steps`.
  void save(weights::TensorMap& state, const std::string& prefix) const;
  /// Throws Error: kCorruptData naming the missing or misshapen tensor.
  void load(const weights::TensorMap& state, const std::string& prefix);

 private:
  torchnet::NamedTensors parameters_, first_, second_;
  AdamOptions options_;
  std::int64_t n_steps_ = 0;
};

}  // namespace genga::train
