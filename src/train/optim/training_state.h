// The parts that methods are made of: networks, optimizers and other tensors by name, with one state for a checkpoint.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "torchnet/network.h"
#include "train/method.h"
#include "train/optim/adam.h"

namespace genga::train {

/// How weights begin. Norms start at 1 and 0, biases at 0 (unless said), rho as U-GAT-IT's layers ask.
enum class Start {
  kSmall,      // PyTorch's default variance 1/(3 fan in): for generators without norms, whose tanh He's start saturates
  kHe,         // normal, variance 2/(fan in)
  kNormal02,   // normal, deviation 0.02: DCGAN, CycleGAN; norms' scales normal around 1
  kXavier,     // uniform +-sqrt(6/(fan in + fan out)): AnimeGAN v1, v3
  kXavier02,   // normal, deviation 0.02*sqrt(2/(fan in + fan out)): CUT
  kTruncated,  // normal cut at 2 deviations, variance 1.3*2/(fan in): AnimeGANv2 (algorithms.md T6)
};
/// Deterministic. GaussianMixture: mean uniform in [-1,1], deviation 0.2 (algorithms.md 3).
weights::TensorMap start_weights(const ir::Graph& graph, Start start, std::uint64_t seed);

/// Name of the network that follows the result (GanMethod).
inline constexpr std::string_view kAverageName = "average";

class TrainingState {
 public:
  /// compute: where and with what arithmetic all its networks work.
  explicit TrainingState(std::uint64_t seed, const torchnet::Compute& compute = {}) : seed_(seed), compute_(compute) {}
  TrainingState(const TrainingState&) = delete;
  TrainingState& operator=(const TrainingState&) = delete;

  /// References stay valid. Each network starts from its own seed. Networks begin in training mode.
  torchnet::Network& network(std::string name, ir::Graph graph, Start start,
                             const torchnet::NetworkOptions& options = {});
  /// One optimizer over the weights of some networks of this training state.
  Adam& optimizer(std::string name, const std::vector<const torchnet::Network*>& networks, const AdamOptions& options);
  /// Anything else that belongs to the state (a replay buffer, an adaptive probability): it has save(state, prefix) and
  /// load(state, prefix), and outlives the training_state's use.
  template <class Part>
  void include(std::string name, Part& part) {
    parts_.push_back({std::move(name),
                      {[&part](weights::TensorMap& s, const std::string& p) { part.save(s, p); },
                       [&part](const weights::TensorMap& s, const std::string& p) { part.load(s, p); }}});
  }

  const torchnet::Compute& compute() const { return compute_; }
  /// The optimizers use the mean gradients of all ranks. The world must live longer.
  void average_over(World& world);

  weights::TensorMap state() const;
  /// Throws Error: kCorruptData naming what is missing.
  void set_state(const weights::TensorMap& state);
  std::vector<NetworkRow> rows() const;
  void each_gradient(const std::function<void(const std::string&, const at::Tensor&)>& visit) const;

 private:
  template <class T>
  struct Named {
    std::string name;
    T value;
  };
  std::uint64_t seed_;
  torchnet::Compute compute_;
  std::deque<Named<torchnet::Network>> networks_;
  std::deque<Named<Adam>> optimizers_;
  struct SaveLoad {
    std::function<void(weights::TensorMap&, const std::string&)> save;
    std::function<void(const weights::TensorMap&, const std::string&)> load;
  };
  std::deque<Named<SaveLoad>> parts_;
};

/// While it lives, a network passes gradients on to its input but computes none for its weights.
class Frozen {
 public:
  explicit Frozen(torchnet::Network& network) : network_(network) { network_.set_frozen(true); }
  ~Frozen() { network_.set_frozen(false); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

 private:
  torchnet::Network& network_;
};

/// Weighted losses of one backward pass, each kept under its name.
class LossSum {
 public:
  explicit LossSum(Terms& terms) : terms_(terms) {}
  void add(std::string name, double weight, const at::Tensor& loss);
  const at::Tensor& total() const { return total_; }

 private:
  Terms& terms_;
  at::Tensor total_;
};

}  // namespace genga::train
