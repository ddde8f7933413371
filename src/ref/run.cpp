// Walks the graph node by node; every intermediate result is kept until the end.

#include <utility>

#include "genga/error.h"
#include "genga/overloaded.h"
#include "ref/ops.h"

namespace genga::ref {
namespace {

/// Everything one node needs.
struct Call {
  const ir::Node& node;
  std::vector<const Array*> src;
  Weights weights;
  ir::Shape shape;  // of the result
  Recorder recorder;
};

Weights weights_of(const ir::Node& node, const weights::TensorMap& tensors) {
  const auto values = [&](const char* suffix) {
    const auto found = tensors.find(node.name + suffix);
    return found == tensors.end() ? std::vector<float>() : found->second.to_f32();
  };
  return {values(".weight"), values(".bias"), values(".running_mean"), values(".running_var"),
          values(".rho"),    values(".mean"), values(".deviation"),    values(".log_sum")};
}

Array compute(const Call& call) {
  const Array& x = *call.src[0];
  return std::visit(
      overloaded{
          [](const ir::Input&) -> Array { fail(ErrorCode::kInternal, "ref: a second Input reached the interpreter"); },
          [&](const ir::Conv2d& op) { return conv(op, x, call.weights, call.shape); },
          [&](const ir::ConvTranspose2d& op) { return conv_transpose(op, x, call.weights, call.shape); },
          [&](const ir::Linear& op) { return linear(op, x, call.weights, call.shape); },
          [&](const ir::Reshape&) { return Array{call.shape, x.values}; },
          [&](const ir::BatchNorm& op) { return batch_norm(op, x, call.weights); },
          [&](const ir::InstanceNorm& op) { return instance_norm(op, x, call.weights, call.recorder); },
          [&](const ir::LayerNorm& op) { return layer_norm(op, x, call.weights, call.recorder); },
          [&](const ir::Activation& op) { return activation(op, x); },
          [&](const ir::Add&) { return add(call.src); },
          [&](const ir::Concat&) { return concat(call.src, call.shape); },
          [&](const ir::Affine& op) { return affine(op, x); },
          [&](const ir::Upsample& op) { return upsample(op, x, call.shape); },
          [&](const ir::PixelShuffle& op) { return pixel_shuffle(op, x, call.shape); },
          [&](const ir::PixelUnshuffle& op) { return pixel_unshuffle(op, x, call.shape); },
          [&](const ir::GuidedFilter& op) { return guided_filter(op, x, *call.src[1]); },
          [&](const ir::Pool2d& op) { return pool(op, x, call.shape); },
          [&](const ir::GlobalPool& op) { return global_pool(op, x, call.shape); },
          [&](const ir::ChannelScale&) { return channel_scale(x, call.weights); },
          [&](const ir::Blur& op) { return blur(op, x, call.shape); },
          [&](const ir::Lade& op) { return lade(op, x, *call.src[1], call.recorder); },
          [&](const ir::Lin& op) { return lin(op, x, call.weights, call.recorder); },
          [&](const ir::AdaLin& op) { return ada_lin(op, call.src, call.weights, call.recorder); },
          [&](const ir::ExternalAttention& op) { return external_attention(op, x, call.weights, call.recorder); },
          [&](const ir::GaussianMixture& op) { return gaussian_mixture(op, x, call.weights, call.shape); },
      },
      call.node.op);
}

}  // namespace

Array run(const ir::Graph& graph, const weights::TensorMap& tensors, const Array& input) {
  return run(graph, tensors, input, nullptr);
}

Array run(const ir::Graph& graph, const weights::TensorMap& tensors, const Array& input,
          weights::NormStatistics* statistics) {
  const std::vector<ir::Shape> shapes = ir::infer_shapes(graph, input.shape);
  if (static_cast<std::int64_t>(input.values.size()) != input.shape.size()) {
    fail(ErrorCode::kInvalidArgument, "ref: input {} has {} values, expected {}", ir::to_string(input.shape),
         input.values.size(), input.shape.size());
  }
  if (graph.output() < 0) fail(ErrorCode::kInvalidArgument, "ref: the graph has no output, expected set_output()");
  weights::check_tensors(graph, tensors);

  std::vector<Array> results = {input};
  for (std::size_t i = 1; i < graph.nodes().size(); ++i) {
    const ir::Node& node = graph.nodes()[i];
    Call call{.node = node,
              .src = {},
              .weights = weights_of(node, tensors),
              .shape = shapes[i],
              .recorder = {statistics, node.name}};
    for (const ir::NodeId id : node.src) call.src.push_back(&results[static_cast<std::size_t>(id)]);
    results.push_back(compute(call));
  }
  return std::move(results[static_cast<std::size_t>(graph.output())]);
}

}  // namespace genga::ref
