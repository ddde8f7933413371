// Compares tensors with what a graph needs.
#include <fmt/ranges.h>

#include "genga/error.h"
#include "genga/weights.h"

namespace genga::weights {
namespace {

std::string dims_text(const std::vector<std::int64_t>& dims) {
  return fmt::format("[{}]", fmt::join(dims, ","));
}

}  // namespace

void check_tensors(const ir::Graph& graph, const TensorMap& tensors) {
  const std::vector<ir::WeightSpec> specs = ir::weight_specs(graph);
  for (const ir::WeightSpec& spec : specs) {
    const auto found = tensors.find(spec.name);
    if (found == tensors.end()) {
      fail(ErrorCode::kCorruptData, "tensor '{}': missing, expected dimensions {} for the graph", spec.name,
           dims_text(spec.dims));
    }
    if (found->second.dims != spec.dims) {
      fail(ErrorCode::kCorruptData, "tensor '{}': has dimensions {}, expected {} for the graph", spec.name,
           dims_text(found->second.dims), dims_text(spec.dims));
    }
  }
  if (tensors.size() == specs.size()) return;
  std::map<std::string_view, bool> needed;
  for (const ir::WeightSpec& spec : specs) needed[spec.name] = true;
  for (const auto& [name, tensor] : tensors) {
    if (!needed.contains(name)) {
      fail(ErrorCode::kCorruptData, "tensor '{}': no node of the graph uses it, expected only the graph's own weights",
           name);
    }
  }
}

}  // namespace genga::weights
