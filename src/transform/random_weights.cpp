// Random starting weights for tests and benchmarks. Training starts from train/optim/start_weights.cpp.
#include <cmath>
#include <numbers>

#include "genga/overloaded.h"
#include "genga/transform.h"

namespace genga::transform {
namespace {

/// Numbers from SplitMix64, normal ones by Box-Muller: the standard library's distributions differ between
/// implementations, and a seed must mean the same start everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  double uniform() { return static_cast<double>(bits() >> 11U) * 0x1.0p-53; }  // [0,1)
  float normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return static_cast<float>(radius * std::cos(2.0 * std::numbers::pi * uniform()));
  }

 private:
  std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_;
};

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

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
  Random random(seed ^ fnv1a(spec.name));
  const auto deviation = static_cast<float>(std::sqrt(2.0 / fan));
  std::vector<float> values(static_cast<std::size_t>(spec.size()));
  for (float& value : values) value = deviation * random.normal();
  return values;
}

/// The means of a mixture: -1 to 1, as DeLiGAN starts.
std::vector<float> spread_means(const ir::WeightSpec& spec, std::uint64_t seed) {
  Random random(seed ^ fnv1a(spec.name));
  std::vector<float> values(static_cast<std::size_t>(spec.size()));
  for (float& value : values) value = static_cast<float>(2 * random.uniform() - 1);
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
