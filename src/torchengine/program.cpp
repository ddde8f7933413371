// A torchnet::Network prepared for inference alone.
#include "torchengine/program.h"

#include <c10/core/InferenceMode.h>

namespace genga::torchengine {
namespace {

/// What Network::forward would otherwise convert at every run.
bool computes_in_arithmetic(const ir::Op& op) {
  return std::holds_alternative<ir::Conv2d>(op) || std::holds_alternative<ir::ConvTranspose2d>(op) ||
         std::holds_alternative<ir::Linear>(op);
}

}  // namespace

Program::Program(const weights::Model& model, const torchnet::Compute& place, int threads)
    : network_(ir::subgraph(model.graph, model.graph.output()), {.compute = place}), place_(place), threads_(threads) {
  network_.set_frozen(true);
  for (const ir::Node& node : network_.graph().nodes()) {
    if (!computes_in_arithmetic(node.op)) continue;
    for (const char* suffix : {".weight", ".bias"}) {
      const auto found = network_.parameters().find(node.name + suffix);
      if (found != network_.parameters().end()) found->second = found->second.to(place.arithmetic);
    }
  }
  weights::TensorMap used;
  for (const ir::WeightSpec& spec : ir::weight_specs(network_.graph())) {
    const auto tensor = model.tensors.find(spec.name);
    if (tensor != model.tensors.end()) used.emplace(*tensor);
  }
  network_.set_weights(used);
}

at::Tensor Program::forward(const at::Tensor& x, const torchnet::Observer& observer) {
  const c10::InferenceMode no_gradients;
  const ir::NodeId output = graph().output();
  return network_.forward(x, std::span(&output, 1), observer).front();
}

at::Tensor Program::weight(const ir::Node& node) {
  const auto found = network_.parameters().find(node.name + ".weight");
  return found == network_.parameters().end() ? at::Tensor() : found->second;
}

}  // namespace genga::torchengine
