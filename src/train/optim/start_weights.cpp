// Random weights at the start of a run: one stream of numbers for every weight, by its name.
#include <cmath>

#include "genga/random.h"
#include "train/optim/training_state.h"

namespace genga::train {
namespace {

/// Numbers of one tensor; the stream is its name's hash, so that a layer added elsewhere leaves the others as they
/// were.
class Draw {
 public:
  Draw(std::uint64_t seed, const std::string& name) : rng_(seed, stable_hash(name)) {}
  double uniform(double low, double high) { return rng_.uniform(low, high); }
  double normal(double mean, double deviation) { return mean + deviation * rng_.normal(); }
  double truncated(double deviation) {
    double value = normal(0, deviation);
    while (std::abs(value) > 2 * deviation) value = normal(0, deviation);
    return value;
  }

 private:
  Rng rng_;
};

struct Fans {
  double in = 0, out = 0;
};

/// Numbers that one output sums over, and outputs that one number goes to. in 0: not a matrix.
Fans fans(const ir::Op& op, const ir::WeightSpec& spec) {
  if (spec.dims.size() < 2) return {};
  const auto size = static_cast<double>(spec.size());
  const auto first = static_cast<double>(spec.dims[0]), second = static_cast<double>(spec.dims[1]);
  const double taps = size / first / second;
  if (const auto* conv = std::get_if<ir::Conv2d>(&op)) return {second * taps, first * taps / conv->groups};
  if (const auto* up = std::get_if<ir::ConvTranspose2d>(&op)) {
    // Of the taps only those of one stride phase meet in an output pixel.
    return {first * taps / up->stride / up->stride, second * taps};
  }
  return {second, first};
}

double matrix_value(Start start, const Fans& fan, Draw& draw) {
  switch (start) {
    case Start::kSmall:
      return draw.normal(0, std::sqrt(1 / (3 * fan.in)));
    case Start::kHe:
      return draw.normal(0, std::sqrt(2 / fan.in));
    case Start::kNormal02:
      return draw.normal(0, 0.02);
    case Start::kXavier: {
      const double limit = std::sqrt(6 / (fan.in + fan.out));
      return draw.uniform(-limit, limit);
    }
    case Start::kXavier02:
      return draw.normal(0, 0.02 * std::sqrt(2 / (fan.in + fan.out)));
    case Start::kTruncated:
      return draw.truncated(std::sqrt(1.3 * 2 / fan.in));
  }
  return 0;
}

double value(const ir::Op& op, const std::string& suffix, Start start, const Fans& fan, std::int64_t n, Draw& draw) {
  if (std::holds_alternative<ir::GaussianMixture>(op)) return suffix == "mean" ? draw.uniform(-1, 1) : 0.2;
  if (suffix == "rho") return std::holds_alternative<ir::AdaLin>(op) ? 0.9 : 0;
  if (suffix == "running_var") return 1;
  if (suffix != "weight") return 0;                    // biases, running means
  if (std::holds_alternative<ir::ChannelScale>(op)) {  // a linear layer's start (PyTorch): 1/(3 fan in)
    const double limit = 1 / std::sqrt(static_cast<double>(n));
    return draw.uniform(-limit, limit);
  }
  if (fan.in > 0) return matrix_value(start, fan, draw);
  return start == Start::kNormal02 && std::holds_alternative<ir::BatchNorm>(op) ? draw.normal(1, 0.02) : 1;
}

}  // namespace

weights::TensorMap start_weights(const ir::Graph& graph, Start start, std::uint64_t seed) {
  weights::TensorMap tensors;
  for (const ir::WeightSpec& spec : ir::weight_specs(graph)) {
    const std::size_t dot = spec.name.rfind('.');
    const ir::Op& op = graph.node(graph.find(spec.name.substr(0, dot))).op;
    const std::string suffix = spec.name.substr(dot + 1);
    Draw draw(seed, spec.name);
    std::vector<float> values(static_cast<std::size_t>(spec.size()));
    const Fans fan = fans(op, spec);
    for (float& v : values) v = static_cast<float>(value(op, suffix, start, fan, spec.size(), draw));
    tensors[spec.name] = weights::make_tensor(spec.dims, std::move(values));
  }
  return tensors;
}

}  // namespace genga::train
