// Random starting weights for tests and benchmarks. Training starts from train/optim/start_weights.cpp.
#include <cmath>

#include "genga/overloaded.h"
#include "genga/random.h"
#include "genga/transform.h"

namespace genga::transform {
namespace {

/// Source numbers that one output number sums over. 0: not a layer that sums products.
double fan_in(const ir::Node& node, const ir::WeightSpec& weight) {
  const double per_filter = static_cast<double>(weight.size()) / static_cast<double>(weight.dims.at(0));
  return std::visit(overloaded{
                        [&](const ir::Conv2d&) { return per_filter; },
                        [&](const ir::Linear&) { return per_filter; },
                        [&](const ir::ConvTranspose2d& op) {
                          // [C,out,k,k]: of the k*k taps only those of one stride phase meet in an output pixel.
                          const double taps = static_cast<double>(op.kernel) * op.kernel / (op.stride * op.stride);
                          return static_cast<double>(weight.dims.at(0)) * taps;
                        },
                        // A class activation map's weights are those of a linear layer that sums over the channels.
                        [&](const ir::ChannelScale&) { return static_cast<double>(weight.dims.at(0)); },
                        [&](const ir::ExternalAttention&) { return static_cast<double>(weight.dims.at(0)); },
                        [](const auto&) { return 0.0; },
                    },
                    node.op);
}

/// One stream per tensor, so that a layer added elsewhere leaves the others' start as it was.
std::vector<float> he_normal(const ir::WeightSpec& spec, double fan, std::uint64_t seed) {
  Rng rng(seed, stable_hash(spec.name));
  const double deviation = std::sqrt(2.0 / fan);
  std::vector<float> values(static_cast<std::size_t>(spec.size()));
  for (float& value : values) value = static_cast<float>(deviation * rng.normal());
  return values;
}

/// The means of a mixture: -1 to 1, as DeLiGAN starts.
std::vector<float> spread_means(const ir::WeightSpec& spec, std::uint64_t seed) {
  Rng rng(seed, stable_hash(spec.name));
  std::vector<float> values(static_cast<std::size_t>(spec.size()));
  for (float& value : values) value = static_cast<float>(rng.uniform(-1, 1));
  return values;
}

/// What a tensor that is not random starts as. rho: U-GAT-IT's; deviation: DeLiGAN's.
float start_value(const ir::Op& op, std::string_view suffix) {
  if (suffix == "rho") return std::holds_alternative<ir::AdaLin>(op) ? 0.9F : 0.0F;
  if (suffix == "deviation") return 0.2F;
  return suffix == "weight" || suffix == "running_var" ? 1.0F : 0.0F;
}

}  // namespace

weights::TensorMap random_weights(const ir::Graph& graph, std::uint64_t seed) {
  weights::TensorMap tensors;
  for (const ir::WeightSpec& spec : ir::weight_specs(graph)) {
    const std::size_t dot = spec.name.rfind('.');
    const ir::Node& node = graph.node(graph.find(std::string_view(spec.name).substr(0, dot)));
    const std::string_view suffix = std::string_view(spec.name).substr(dot + 1);
    const double fan = suffix == "weight" ? fan_in(node, spec) : 0;
    if (fan > 0) {
      tensors.emplace(spec.name, weights::make_tensor(spec.dims, he_normal(spec, fan, seed)));
      continue;
    }
    if (suffix == "mean") {
      tensors.emplace(spec.name, weights::make_tensor(spec.dims, spread_means(spec, seed)));
      continue;
    }
    const float value = start_value(node.op, suffix);
    tensors.emplace(spec.name,
                    weights::make_tensor(spec.dims, std::vector<float>(static_cast<std::size_t>(spec.size()), value)));
  }
  return tensors;
}

}  // namespace genga::transform
