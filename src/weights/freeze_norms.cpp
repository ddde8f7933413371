#include <optional>

#include "genga/error.h"
#include "genga/weights.h"

namespace genga::weights {
namespace {

/// eps of a norm that looks at the whole image.
std::optional<float> whole_image_eps(const ir::Op& op) {
  if (const auto* norm = std::get_if<ir::InstanceNorm>(&op)) return norm->eps;
  if (const auto* norm = std::get_if<ir::LayerNorm>(&op)) return norm->eps;
  return std::nullopt;
}

const NormStatistics::Moments& find_moments(const NormStatistics& statistics, const ir::Node& node,
                                            std::int64_t channels) {
  const auto found = statistics.nodes.find(node.name);
  if (found == statistics.nodes.end()) {
    fail(ErrorCode::kInvalidArgument, "{} '{}': statistics are missing, expected a mean and a variance per channel",
         ir::type_name(node.op), node.name);
  }
  const auto& [mean, var] = found->second;
  if (static_cast<std::int64_t>(mean.size()) != channels || static_cast<std::int64_t>(var.size()) != channels) {
    fail(ErrorCode::kInvalidArgument, "{} '{}': statistics are for {} means and {} variances, expected {} channels",
         ir::type_name(node.op), node.name, mean.size(), var.size(), channels);
  }
  return found->second;
}

}  // namespace

Model freeze_norms(const Model& model, const NormStatistics& statistics) {
  const ir::Graph& graph = model.graph;
  const std::vector<ir::Shape> shapes = ir::infer_shapes(graph, ir::probe_shape(graph));
  Model frozen{.graph = {}, .tensors = model.tensors, .card = model.card, .sha256 = {}, .extra = model.extra};
  for (const ir::Node& node : graph.nodes()) {
    const std::optional<float> eps = whole_image_eps(node.op);
    if (!eps) {
      frozen.graph.add(node.name, node.op, node.src);
      continue;
    }
    const std::int64_t channels = shapes.at(static_cast<std::size_t>(node.src.at(0))).c;
    const NormStatistics::Moments& moments = find_moments(statistics, node, channels);
    frozen.graph.add(node.name, ir::BatchNorm{.eps = *eps}, node.src);
    frozen.tensors.insert_or_assign(node.name + ".running_mean", make_tensor({channels}, moments.mean));
    frozen.tensors.insert_or_assign(node.name + ".running_var", make_tensor({channels}, moments.var));
    // A norm without learnt scale and offset becomes one with 1 and 0; others keep theirs.
    const auto n = static_cast<std::size_t>(channels);
    frozen.tensors.try_emplace(node.name + ".weight", make_tensor({channels}, std::vector<float>(n, 1.0F)));
    frozen.tensors.try_emplace(node.name + ".bias", make_tensor({channels}, std::vector<float>(n, 0.0F)));
  }
  frozen.graph.set_output(graph.output());
  return frozen;
}

}  // namespace genga::weights
