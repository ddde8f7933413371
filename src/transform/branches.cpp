// Copies one network into another under a prefix.
#include "transform/branches.h"

#include <vector>

#include "genga/error.h"

namespace genga::transform {

ir::NodeId add_branch(weights::Model& whole, const weights::Model& part, const std::string& prefix, ir::NodeId src) {
  const ir::Input& input = part.graph.input();
  if (input.height != 0 || input.width != 0) {
    fail(ErrorCode::kUnsupported, "model '{}': takes images of {}x{} only, expected one that takes any size",
         part.card.name, input.width, input.height);
  }
  std::vector<ir::NodeId> ids{src};
  for (std::size_t i = 1; i < part.graph.nodes().size(); ++i) {
    const ir::Node& node = part.graph.nodes()[i];
    std::vector<ir::NodeId> sources;
    for (const ir::NodeId id : node.src) sources.push_back(ids[static_cast<std::size_t>(id)]);
    ids.push_back(whole.graph.add(prefix + node.name, node.op, std::move(sources)));
  }
  for (const auto& [name, tensor] : part.tensors) whole.tensors.insert_or_assign(prefix + name, tensor);
  return ids[static_cast<std::size_t>(part.graph.output())];
}

}  // namespace genga::transform
