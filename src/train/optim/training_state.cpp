// Networks and optimizers under one name space of tensors.
#include "train/optim/training_state.h"

#include <utility>

namespace genga::train {
namespace {

/// What begins with prefix, without it.
weights::TensorMap part(const weights::TensorMap& state, const std::string& prefix) {
  weights::TensorMap tensors;
  for (auto it = state.lower_bound(prefix); it != state.end() && it->first.starts_with(prefix); ++it) {
    tensors.emplace(it->first.substr(prefix.size()), it->second);
  }
  return tensors;
}

void put(weights::TensorMap& state, const std::string& prefix, weights::TensorMap tensors) {
  for (auto& [name, tensor] : tensors) state[prefix + name] = std::move(tensor);
}

}  // namespace

torchnet::Network& TrainingState::network(std::string name, ir::Graph graph, Start start,
                                          const torchnet::NetworkOptions& options) {
  const std::uint64_t seed = seed_ + networks_.size();
  weights::TensorMap first = start_weights(graph, start, seed);
  torchnet::NetworkOptions here = options;
  here.compute = compute_;
  networks_.push_back({std::move(name), torchnet::Network(std::move(graph), here)});
  torchnet::Network& network = networks_.back().value;
  network.set_weights(first);
  network.set_training(true);
  return network;
}

Adam& TrainingState::optimizer(std::string name, const std::vector<const torchnet::Network*>& networks,
                               const AdamOptions& options) {
  torchnet::NamedTensors leaves;
  for (auto& [network_name, network] : networks_) {
    if (std::ranges::find(networks, &network) == networks.end()) continue;
    for (const auto& [weight_name, leaf] : network.parameters()) leaves[network_name + "/" + weight_name] = leaf;
  }
  AdamOptions here = options;
  here.scale_loss = compute_.arithmetic == at::kHalf;
  optimizers_.push_back({std::move(name), Adam(std::move(leaves), here)});
  return optimizers_.back().value;
}

void TrainingState::average_over(World& world) {
  for (auto& [name, adam] : optimizers_) adam.average_over(world);
}

weights::TensorMap TrainingState::state() const {
  weights::TensorMap state;
  for (const auto& [name, network] : networks_) put(state, name + "/", network.state());
  for (const auto& [name, adam] : optimizers_) adam.save(state, "adam_" + name + "/");
  for (const auto& [name, part] : parts_) part.save(state, name + "/");
  return state;
}

void TrainingState::set_state(const weights::TensorMap& state) {
  for (auto& [name, network] : networks_) network.set_state(part(state, name + "/"));
  for (auto& [name, adam] : optimizers_) adam.load(state, "adam_" + name + "/");
  for (auto& [name, part] : parts_) part.load(state, name + "/");
}

std::vector<NetworkRow> TrainingState::rows() const {
  std::vector<NetworkRow> rows;
  for (const auto& [name, network] : networks_) {
    if (name != kAverageName) rows.push_back({name, &network.graph()});
  }
  return rows;
}

void TrainingState::each_gradient(const std::function<void(const std::string&, const at::Tensor&)>& visit) const {
  for (const auto& [name, adam] : optimizers_) {
    for (const auto& [weight_name, leaf] : adam.parameters()) {
      if (leaf.grad().defined()) visit(weight_name, leaf.grad());
    }
  }
}

void LossSum::add(std::string name, double weight, const at::Tensor& loss) {
  terms_.emplace_back(std::move(name), loss.item<double>());
  const at::Tensor weighted = weight * loss;
  total_ = total_.defined() ? total_ + weighted : weighted;
}

}  // namespace genga::train
