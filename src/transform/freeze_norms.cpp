// Replaces norms over the whole image by norms with stored statistics.
#include <cmath>

#include "genga/error.h"
#include "genga/overloaded.h"
#include "genga/transform.h"

namespace genga::transform {
namespace {

using Values = std::vector<float>;

/// A norm over the whole image as one with stored statistics, attention with stored sums, any other op unchanged.
ir::Op stored_form(const ir::Op& op) {
  return std::visit(overloaded{
                        [](const ir::InstanceNorm& o) { return ir::Op{ir::BatchNorm{.eps = o.eps}}; },
                        [](const ir::LayerNorm& o) { return ir::Op{ir::BatchNorm{.eps = o.eps}}; },
                        [](const ir::Lade& o) { return ir::Op{ir::BatchNorm{.eps = o.eps}}; },
                        // Their two variances become one slope, which holds eps already.
                        [](const ir::Lin&) { return ir::Op{ir::BatchNorm{.eps = 0}}; },
                        [](const ir::AdaLin&) { return ir::Op{ir::BatchNorm{.eps = 0}}; },
                        [](const ir::ExternalAttention& o) {
                          return ir::Op{ir::ExternalAttention{.memory = o.memory, .stored = true}};
                        },
                        [](const auto& o) { return ir::Op{o}; },
                    },
                    op);
}

/// Everything about one norm: its own weights and what was seen, each checked to be one number a channel.
class Norm {
 public:
  Norm(const ir::Node& node, std::int64_t channels, const weights::TensorMap& tensors,
       const weights::NormStatistics& statistics)
      : node_(node), channels_(static_cast<std::size_t>(channels)), tensors_(tensors), statistics_(statistics) {}

  Values seen(const char* suffix) const {
    const auto found = statistics_.values.find(node_.name + suffix);
    if (found == statistics_.values.end()) {
      fail(ErrorCode::kInvalidArgument, "{} '{}': statistics '{}{}' are missing, expected {} numbers",
           ir::type_name(node_.op), node_.name, node_.name, suffix, channels_);
    }
    if (found->second.size() != channels_) {
      fail(ErrorCode::kInvalidArgument, "{} '{}': statistics '{}{}' are {} numbers, expected {}",
           ir::type_name(node_.op), node_.name, node_.name, suffix, found->second.size(), channels_);
    }
    return found->second;
  }
  /// A weight, or `otherwise` for every channel where the norm has none.
  Values weight(const char* suffix, float otherwise) const {
    const auto found = tensors_.find(node_.name + suffix);
    return found == tensors_.end() ? Values(channels_, otherwise) : found->second.to_f32();
  }
  std::size_t channels() const { return channels_; }

 private:
  const ir::Node& node_;
  std::size_t channels_;
  const weights::TensorMap& tensors_;
  const weights::NormStatistics& statistics_;
};

/// The tensors of a BatchNorm.
struct Stored {
  Values mean, var, weight, bias;
};

Stored store_moments(const Norm& norm) {
  return {norm.seen(".mean"), norm.seen(".var"), norm.weight(".weight", 1), norm.weight(".bias", 0)};
}

Stored store_lade(const ir::Lade& op, const Norm& norm) {
  Stored stored{norm.seen(".mean"), norm.seen(".var"), norm.seen(".target_var"), norm.seen(".target_mean")};
  for (float& value : stored.weight) value = std::sqrt(value + op.eps);
  return stored;
}

/// rho*IN(x) + (1-rho)*LN(x) = slope * (x - mean): with fixed statistics a mix of two lines is a line.
Stored store_mix(float eps, const Norm& norm, Values weight, Values bias) {
  const Values rho = norm.weight(".rho", 0);
  const Values mean = norm.seen(".mean"), var = norm.seen(".var");
  const Values layer_mean = norm.seen(".layer_mean"), layer_var = norm.seen(".layer_var");
  Stored stored{Values(norm.channels()), Values(norm.channels(), 1.F), std::move(weight), std::move(bias)};
  for (std::size_t c = 0; c < norm.channels(); ++c) {
    const float by_instance = rho[c] / std::sqrt(var[c] + eps);
    const float by_layer = (1 - rho[c]) / std::sqrt(layer_var[c] + eps);
    const float slope = by_instance + by_layer;
    stored.mean[c] = (mean[c] * by_instance + layer_mean[c] * by_layer) / slope;
    stored.weight[c] *= slope;
  }
  return stored;
}

Stored store(const ir::Op& op, const Norm& norm) {
  return std::visit(
      overloaded{
          [&](const ir::Lade& o) { return store_lade(o, norm); },
          [&](const ir::Lin& o) { return store_mix(o.eps, norm, norm.weight(".weight", 1), norm.weight(".bias", 0)); },
          [&](const ir::AdaLin& o) { return store_mix(o.eps, norm, norm.seen(".gamma"), norm.seen(".beta")); },
          [&](const auto&) { return store_moments(norm); },
      },
      op);
}

}  // namespace

ir::Graph with_stored_norms(const ir::Graph& graph) {
  ir::Graph stored;
  for (const ir::Node& node : graph.nodes()) {
    const ir::Op op = stored_form(node.op);
    const bool is_norm = op.index() != node.op.index();
    stored.add(node.name, op, is_norm ? std::vector{node.src.at(0)} : node.src);
  }
  return ir::subgraph(stored, graph.output());
}

weights::Model freeze_norms(const weights::Model& model, const weights::NormStatistics& statistics) {
  const std::vector<ir::Shape> shapes = ir::infer_shapes(model.graph, ir::probe_shape(model.graph));
  weights::Model frozen{
      .graph = with_stored_norms(model.graph), .tensors = {}, .card = model.card, .sha256 = {}, .extra = model.extra};
  for (const ir::Node& node : model.graph.nodes()) {
    if (frozen.graph.find(node.name) < 0) continue;
    if (const auto* op = std::get_if<ir::ExternalAttention>(&node.op); op != nullptr && !op->stored) {
      Values log_sum = Norm(node, op->memory, model.tensors, statistics).seen(".log_sum");
      frozen.tensors.emplace(node.name + ".log_sum", weights::make_tensor({op->memory}, std::move(log_sum)));
    }
    if (stored_form(node.op).index() == node.op.index()) continue;
    const std::int64_t channels = shapes.at(static_cast<std::size_t>(node.src.at(0))).c;
    Stored stored = store(node.op, Norm(node, channels, model.tensors, statistics));
    const auto keep = [&](const char* suffix, Values& values) {
      frozen.tensors.emplace(node.name + suffix, weights::make_tensor({channels}, std::move(values)));
    };
    keep(".running_mean", stored.mean);
    keep(".running_var", stored.var);
    keep(".weight", stored.weight);
    keep(".bias", stored.bias);
  }
  for (const ir::WeightSpec& spec : ir::weight_specs(frozen.graph)) {
    if (!frozen.tensors.contains(spec.name)) frozen.tensors.emplace(spec.name, model.tensors.at(spec.name));
  }
  return frozen;
}

}  // namespace genga::transform
