// Walks the graph on LibTorch, frees values after their last use, and moves weights in and out.

#include "torchnet/network.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "genga/error.h"
#include "torchnet/convert.h"
#include "torchnet/ops.h"
#include "torchnet/torch_guard.h"

namespace genga::torchnet {
namespace {

constexpr std::string_view kLeftSuffix = ".spectral_left";

/// Which nodes the wanted ones depend on, and for each the index of the last node that reads it (wanted: none does).
struct Schedule {
  std::vector<bool> needed;
  std::vector<std::size_t> last_use;
};

Schedule schedule(const ir::Graph& graph, std::span<const ir::NodeId> wanted) {
  const std::size_t n = graph.nodes().size();
  Schedule plan{std::vector<bool>(n), std::vector<std::size_t>(n, 0)};
  for (const ir::NodeId id : wanted) {
    plan.needed.at(static_cast<std::size_t>(id)) = true;
    plan.last_use[static_cast<std::size_t>(id)] = n;
  }
  for (std::size_t i = n; i-- > 0;) {
    if (!plan.needed[i]) continue;
    for (const ir::NodeId id : graph.nodes()[i].src) {
      const auto s = static_cast<std::size_t>(id);
      plan.needed[s] = true;
      plan.last_use[s] = std::max(plan.last_use[s], i);
    }
  }
  return plan;
}

bool is_normalizable(const ir::Op& op) {
  return std::holds_alternative<ir::Conv2d>(op) || std::holds_alternative<ir::Linear>(op) ||
         std::holds_alternative<ir::ChannelScale>(op);
}

/// Ops that lose little in short types; the others get f32. An image's last activation is none of them: bf16 has steps
/// of 1/256 near 1.
bool takes_any_type(const ir::Op& op) {
  const auto is = [&]<class... T>() { return (std::holds_alternative<T>(op) || ...); };
  if (const auto* activation = std::get_if<ir::Activation>(&op)) {
    return activation->kind == ir::ActivationKind::kRelu || activation->kind == ir::ActivationKind::kLeakyRelu;
  }
  if (const auto* up = std::get_if<ir::Upsample>(&op)) return up->mode == ir::UpsampleMode::kNearest;
  return is.operator()<ir::Conv2d, ir::ConvTranspose2d, ir::Linear, ir::Reshape, ir::Add, ir::Concat, ir::Affine,
                       ir::PixelShuffle, ir::PixelUnshuffle>();
}

std::string node_of(const std::string& weight_name) {
  return weight_name.substr(0, weight_name.rfind('.'));
}

/// Copies values into an existing leaf, so that optimizers and averages that hold it stay valid.
void copy_into(at::Tensor& dst, const at::Tensor& src, const std::string& name) {
  if (dst.sizes() != src.sizes()) {
    fail(ErrorCode::kCorruptData, "tensor '{}': shape is {}, expected {}", name, c10::str(src.sizes()),
         c10::str(dst.sizes()));
  }
  const at::NoGradGuard no_grad;
  dst.copy_(src);
}

}  // namespace

Network::Network(ir::Graph graph, const NetworkOptions& options) : graph_(std::move(graph)), options_(options) {
  if (graph_.output() < 0) fail(ErrorCode::kInvalidArgument, "graph: has no output; call set_output first");
  if (options_.compute.device.is_cpu()) use_onednn_if_right();
  for (const ir::WeightSpec& spec : ir::weight_specs(graph_)) {
    at::Tensor zeros = at::zeros(spec.dims, at::device(options.compute.device));
    if (spec.dims.size() == 4) zeros = zeros.contiguous(at::MemoryFormat::ChannelsLast);
    if (spec.trainable) {
      parameters_[spec.name] = zeros.set_requires_grad(true);
    } else {
      statistics_[spec.name] = zeros;
    }
  }
}

at::Tensor Network::find(const std::string& name) const {
  if (const auto it = parameters_.find(name); it != parameters_.end()) return it->second;
  if (const auto it = statistics_.find(name); it != statistics_.end()) return it->second;
  return {};
}

at::Tensor Network::weight_of(const std::string& node_name, bool advance) {
  const std::string name = node_name + ".weight";
  at::Tensor weight = find(name);
  const auto norm = spectral_.find(name);
  return norm == spectral_.end() ? weight : norm->second.normalized(weight, advance);
}

at::Tensor Network::forward(const at::Tensor& x) {
  const ir::NodeId output = graph_.output();
  return forward(x, std::span(&output, 1)).front();
}

std::vector<at::Tensor> Network::forward(const at::Tensor& x, std::span<const ir::NodeId> wanted,
                                         const Observer& observer) {
  if (x.dim() != 4) fail(ErrorCode::kInvalidArgument, "network input: has {} dimensions, expected 4", x.dim());
  const ir::Shape shape{x.size(0), x.size(1), x.size(2), x.size(3)};
  if (checked_shape_ != shape) ir::infer_shapes(graph_, shape);  // for its error message
  checked_shape_ = shape;
  return guarded("network forward", [&] {
    const auto& nodes = graph_.nodes();
    const Schedule plan = schedule(graph_, wanted);
    std::vector<at::Tensor> values(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!plan.needed[i]) continue;
      const ir::Node& node = nodes[i];
      Call call;
      call.training = training_;
      call.batch_norm_momentum = options_.batch_norm_momentum;
      call.arithmetic = options_.compute.arithmetic;
      const bool any_type = takes_any_type(node.op);
      for (const ir::NodeId s : node.src) {
        const at::Tensor& value = values[static_cast<std::size_t>(s)];
        call.src.push_back(any_type ? value : value.to(at::kFloat));
      }
      if (node.src.empty()) {
        call.src.push_back(x.to(options_.compute.device).contiguous(at::MemoryFormat::ChannelsLast));
      }
      call.weights = {weight_of(node.name, training_),  find(node.name + ".bias"),   find(node.name + ".running_mean"),
                      find(node.name + ".running_var"), find(node.name + ".rho"),    find(node.name + ".mean"),
                      find(node.name + ".deviation"),   find(node.name + ".log_sum")};
      if (observer) observer(node, call.src);
      values[i] = std::visit([&](const auto& op) { return apply(op, call); }, node.op);
      for (const ir::NodeId s : node.src) {
        if (plan.last_use[static_cast<std::size_t>(s)] == i) values[static_cast<std::size_t>(s)].reset();
      }
    }
    std::vector<at::Tensor> results;
    for (const ir::NodeId id : wanted) results.push_back(values[static_cast<std::size_t>(id)].to(at::kFloat));
    return results;
  });
}

void Network::set_frozen(bool frozen) {
  for (auto& [name, parameter] : parameters_) parameter.set_requires_grad(!frozen);
}

void Network::move_towards(const Network& other, double weight) {
  const at::NoGradGuard no_grad;
  for (auto& [name, parameter] : parameters_) parameter.lerp_(other.parameters_.at(name), weight);
  for (auto& [name, tensor] : statistics_) tensor.copy_(other.statistics_.at(name));
}

weights::TensorMap Network::weights() {
  const at::NoGradGuard no_grad;
  weights::TensorMap tensors;
  for (const ir::WeightSpec& spec : ir::weight_specs(graph_)) {
    const bool folded = spectral_.contains(spec.name);
    tensors[spec.name] = from_torch(folded ? weight_of(node_of(spec.name), false) : find(spec.name));
  }
  return tensors;
}

void Network::set_weights(const weights::TensorMap& tensors) {
  weights::check_tensors(graph_, tensors);
  for (const auto& [name, tensor] : tensors) assign(name, tensor);
  spectral_.clear();
  if (!options_.spectral_norm) return;
  for (const ir::Node& node : graph_.nodes()) {
    const std::string name = node.name + ".weight";
    if (is_normalizable(node.op) && node.name != options_.spectral_norm_except)
      spectral_.emplace(name, SpectralNorm(find(name)));
  }
}

void Network::set_some_weights(const weights::TensorMap& tensors) {
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor leaf = find(name);
    if (!leaf.defined() || leaf.sizes() != at::IntArrayRef(tensor.dims)) {
      fail(
          ErrorCode::kInvalidArgument,
          "tensor '{}' of shape {}: the network to train has {}; start from a model of the same architecture and width",
          name, c10::str(at::IntArrayRef(tensor.dims)),
          leaf.defined() ? "shape " + c10::str(leaf.sizes()) : "no such tensor");
    }
  }
  for (const auto& [name, tensor] : tensors) assign(name, tensor);
}

void Network::assign(const std::string& name, const weights::Tensor& tensor) {
  at::Tensor leaf = find(name);
  copy_into(leaf, to_torch(tensor), name);
}

weights::TensorMap Network::state() const {
  weights::TensorMap tensors;
  for (const auto& [name, tensor] : parameters_) tensors[name] = from_torch(tensor);
  for (const auto& [name, tensor] : statistics_) tensors[name] = from_torch(tensor);
  for (const auto& [name, norm] : spectral_)
    tensors[node_of(name) + std::string(kLeftSuffix)] = from_torch(norm.left());
  return tensors;
}

void Network::set_state(const weights::TensorMap& tensors) {
  weights::TensorMap plain;
  for (const auto& [name, tensor] : tensors) {
    if (!name.ends_with(kLeftSuffix)) plain.emplace(name, tensor);
  }
  set_weights(plain);
  for (auto& [name, norm] : spectral_) {
    const std::string key = node_of(name) + std::string(kLeftSuffix);
    const auto it = tensors.find(key);
    if (it == tensors.end()) {
      fail(ErrorCode::kCorruptData, "training state: tensor '{}' is missing; the checkpoint is not of this network",
           key);
    }
    at::Tensor left = norm.left();
    copy_into(left, to_torch(it->second), key);
  }
}

}  // namespace genga::torchnet
