// Adam. Source: Kingma and Ba 2015, arXiv 1412.6980, algorithm 1. Own code, not torch::optim: the state is plain
// tensors under the weights' names, so a checkpoint is readable and does not depend on LibTorch's version.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "torchnet/network.h"
#include "train/distributed/gradient_averager.h"

namespace genga::train {

struct AdamOptions {
  double beta1 = 0.5, beta2 = 0.99;
  double clip = 0;          // gradients are scaled down to this norm; 0: never
  double weight_decay = 0;  // added to gradients, times the weight (L2, as PyTorch's Adam; U-GAT-IT)
  bool scale_loss = false;  // for f16, whose smallest number is 6e-8: Micikevicius et al. 2018, arXiv 1710.03740
};

class Adam {
 public:
  /// parameters: leaves to change; the optimizer shares them.
  Adam(torchnet::NamedTensors parameters, const AdamOptions& options);

  const torchnet::NamedTensors& parameters() const { return parameters_; }
  /// From now on step() uses the mean gradient of all ranks. The world must live longer.
  void average_over(World& world);

  void clear_gradients();
  /// clear_gradients() and loss.backward(); with scale_loss of the scaled loss.
  void backward(const at::Tensor& loss);
  /// One step, unless the gradient is not finite: then nothing changes. Returns the gradient's norm before clipping and
  /// without the loss scale. A scale that was too large is halved instead, and the norm given as 0.
  double step(double learning_rate);

  /// `<prefix><name>.m`, `<prefix><name>.v`, `<prefix>steps`, with scale_loss `<prefix>scale`.
  void save(weights::TensorMap& state, const std::string& prefix) const;
  /// Throws Error: kCorruptData naming the missing or misshapen tensor.
  void load(const weights::TensorMap& state, const std::string& prefix);

 private:
  /// Updates the weights that have a gradient; factor: what gradients are multiplied by first.
  void update(double learning_rate, double factor);

  torchnet::NamedTensors parameters_, first_, second_;
  AdamOptions options_;
  std::int64_t n_steps_ = 0;
  bool scaled_ = false;  // these gradients are of the scaled loss
  double scale_ = 65536;
  int n_finite_ = 0;  // steps since the scale changed
  std::unique_ptr<GradientAverager> averager_;
};

}  // namespace genga::train
