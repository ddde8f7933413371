// For tests: weights of a graph that are right in number and shape, and nothing else.
#pragma once

#include "genga/weights.h"

namespace genga::weights {

/// Every weight holds 0.5, 1, 1.5, ...
inline TensorMap counted_weights(const ir::Graph& graph) {
  TensorMap tensors;
  for (const ir::WeightSpec& spec : ir::weight_specs(graph)) {
    std::vector<float> values(static_cast<std::size_t>(spec.size()));
    float value = 0;
    for (float& v : values) v = value += 0.5F;
    tensors.emplace(spec.name, make_tensor(spec.dims, std::move(values)));
  }
  return tensors;
}

}  // namespace genga::weights
