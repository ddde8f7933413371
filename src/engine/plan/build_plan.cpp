// Graph to steps, one op at a time. Nothing is merged here; a grouped convolution that blocks cannot hold becomes
// dense.
#include <cmath>
#include <cstddef>
#include <utility>

#include "engine/plan/plan.h"
#include "genga/error.h"

namespace genga::engine {
namespace {

constexpr std::size_t kMaxDenseWeights = std::size_t{1} << 27;  // half a gigabyte

class Builder {
 public:
  Builder(const ir::Graph& graph, const weights::TensorMap& tensors, int block_channels)
      : graph_(graph), tensors_(tensors), block_channels_(block_channels) {
    shapes_ = ir::infer_shapes(graph_, ir::probe_shape(graph_));
  }

  Plan build() {
    for (ir::NodeId id = 0; id < static_cast<int>(graph_.nodes().size()); ++id) {
      plan_.values.push_back({.node = id, .channels = static_cast<int>(shapes_[static_cast<std::size_t>(id)].c)});
    }
    plan_.values[0].layout = Layout::kPlanar;
    plan_.input = 0;
    plan_.output = graph_.output();
    for (ir::NodeId id = 0; id < static_cast<int>(graph_.nodes().size()); ++id) {
      std::visit([&](const auto& op) { add(id, op); }, graph_.node(id).op);
    }
    return std::move(plan_);
  }

 private:
  void add(ir::NodeId, const ir::Input&) {}

  void add(ir::NodeId id, const ir::Conv2d& op) {
    const int in = channels_of_source(id);
    ConvStep step{op, in, {tensor(id, "weight"), {}}, bias(id, op.bias, op.out)};
    const bool depthwise = op.groups == in && op.out == in;
    const bool whole_blocks = (in / op.groups) % block_channels_ == 0 && (op.out / op.groups) % block_channels_ == 0;
    if (op.groups > 1 && !depthwise && !whole_blocks) make_dense(step, graph_.node(id).name);
    push(id, std::move(step));
  }

  void add(ir::NodeId id, const ir::ConvTranspose2d& op) {
    push(id, DeconvStep{op, channels_of_source(id), weight(id, "weight"), bias(id, op.bias, op.out)});
  }

  void add(ir::NodeId id, const ir::Linear& op) {
    const auto in_size = static_cast<int>(shape_of_source(id).size());
    push(id, LinearStep{in_size, op.out, weight(id, "weight"), bias(id, op.bias, op.out)});
  }

  void add(ir::NodeId id, const ir::BatchNorm& op) {
    PointwiseStep step{weight(id, "weight"), weight(id, "bias")};
    const std::vector<float> mean = weight(id, "running_mean");
    const std::vector<float> var = weight(id, "running_var");
    for (std::size_t c = 0; c < mean.size(); ++c) {
      step.scale[c] /= std::sqrt(var[c] + op.eps);
      step.shift[c] -= mean[c] * step.scale[c];
    }
    push(id, std::move(step));
  }

  void add(ir::NodeId id, const ir::InstanceNorm& op) {
    NormStep step = plain_norm(id, NormStep::Kind::kInstance, op.eps);
    if (op.affine) learnt_scale(id, step);
    push(id, std::move(step));
  }

  void add(ir::NodeId id, const ir::LayerNorm& op) {
    NormStep step = plain_norm(id, NormStep::Kind::kLayer, op.eps);
    learnt_scale(id, step);
    push(id, std::move(step));
  }

  void add(ir::NodeId id, const ir::Lade& op) { push(id, plain_norm(id, NormStep::Kind::kLade, op.eps)); }

  void add(ir::NodeId id, const ir::Lin& op) {
    NormStep step = plain_norm(id, NormStep::Kind::kLin, op.eps);
    step.unbiased = op.unbiased;
    step.rho = weight(id, "rho");
    learnt_scale(id, step);
    push(id, std::move(step));
  }

  void add(ir::NodeId id, const ir::AdaLin& op) {
    NormStep step = plain_norm(id, NormStep::Kind::kAdaLin, op.eps);
    step.unbiased = op.unbiased;
    step.rho = weight(id, "rho");
    push(id, std::move(step));
  }

  void add(ir::NodeId id, const ir::Activation& op) { push(id, PointwiseStep{}, {.first = op}); }

  void add(ir::NodeId id, const ir::Affine& op) {
    const auto n = static_cast<std::size_t>(channels_of_source(id));
    push(id, PointwiseStep{std::vector<float>(n, op.scale), std::vector<float>(n, op.offset)});
  }

  void add(ir::NodeId id, const ir::Add&) {
    const std::vector<ir::NodeId>& src = graph_.node(id).src;
    ValueId sum = src[0];
    for (std::size_t i = 1; i < src.size(); ++i) {
      ValueId dst = id;
      if (i + 1 < src.size()) {
        dst = static_cast<ValueId>(plan_.values.size());
        plan_.values.push_back(plan_.values[static_cast<std::size_t>(id)]);
      }
      plan_.steps.push_back({graph_.node(id).name, PointwiseStep{}, {sum}, dst, {.residual = src[i]}});
      sum = dst;
    }
  }

  void add(ir::NodeId id, const ir::ChannelScale&) {
    std::vector<float> scale = weight(id, "weight");
    std::vector<float> zeros(scale.size(), 0.F);
    push(id, PointwiseStep{std::move(scale), std::move(zeros)});
  }

  /// A depthwise convolution, for which the stored borders and oneDNN's fast code are there already.
  void add(ir::NodeId id, const ir::Blur& op) {
    const int n = channels_of_source(id);
    const ir::Conv2d conv{.out = n,
                          .kernel = 3,
                          .stride = op.stride,
                          .pad = {1, 1, 1, 1},
                          .pad_mode = ir::PadMode::kReflect,
                          .groups = n};
    ConvStep step{conv, n, {}, std::vector<float>(static_cast<std::size_t>(n), 0.F)};
    constexpr float kCorner = 1.F / 16, kSide = 2.F / 16, kCentre = 4.F / 16;
    std::vector<float> taps;
    for (int c = 0; c < n; ++c) {
      taps.insert(taps.end(), {kCorner, kSide, kCorner, kSide, kCentre, kSide, kCorner, kSide, kCorner});
    }
    step.weight.tensor = weights::make_tensor({n, 1, 3, 3}, std::move(taps));
    push(id, std::move(step));
  }

  /// Similarities and their mixture of the memory are 1x1 convolutions with the same numbers.
  void add(ir::NodeId id, const ir::ExternalAttention& op) {
    const int n = channels_of_source(id);
    const std::vector<float> memory = weight(id, "weight");  // [C, memory]
    std::vector<float> turned;
    for (int k = 0; k < op.memory; ++k) {
      for (int c = 0; c < n; ++c) turned.push_back(memory[static_cast<std::size_t>(c * op.memory + k)]);
    }
    ConvStep compare{{.out = op.memory, .kernel = 1},
                     n,
                     {weights::make_tensor({op.memory, n, 1, 1}, std::move(turned)), {}},
                     std::vector<float>(static_cast<std::size_t>(op.memory))};
    const ValueId similarities = inner_value(id, op.memory);
    const ValueId attention = inner_value(id, op.memory);
    const std::string& name = graph_.node(id).name;
    plan_.steps.push_back({name + ".compare", std::move(compare), graph_.node(id).src, similarities, {}});
    AttentionStep attend{op.stored ? weight(id, "log_sum") : std::vector<float>(), name};
    plan_.steps.push_back({name + ".attend", std::move(attend), {similarities}, attention, {}});
    ConvStep recall{{.out = n, .kernel = 1},
                    op.memory,
                    {tensor(id, "weight"), {}},
                    std::vector<float>(static_cast<std::size_t>(n))};
    plan_.steps.push_back({name, std::move(recall), {attention}, id, {}});
  }

  void add(ir::NodeId id, const ir::GaussianMixture&) {
    push(id, MixtureStep{weight(id, "mean"), weight(id, "deviation")});
  }

  void add(ir::NodeId id, const ir::Pool2d& op) { push(id, PoolStep{op}); }
  void add(ir::NodeId id, const ir::GlobalPool& op) { push(id, GlobalPoolStep{op.kind}); }
  void add(ir::NodeId id, const ir::Concat&) { push(id, ConcatStep{}); }
  void add(ir::NodeId id, const ir::Upsample& op) { push(id, UpsampleStep{op}); }
  void add(ir::NodeId id, const ir::PixelShuffle& op) { push(id, ShuffleStep{op.factor, false}); }
  void add(ir::NodeId id, const ir::PixelUnshuffle& op) { push(id, ShuffleStep{op.factor, true}); }
  void add(ir::NodeId id, const ir::GuidedFilter& op) { push(id, GuidedFilterStep{op}); }
  void add(ir::NodeId id, const ir::Reshape&) { push(id, CopyStep{}); }

  void push(ir::NodeId id, StepOp op, Epilogue epilogue = {}) {
    plan_.steps.push_back({graph_.node(id).name, std::move(op), graph_.node(id).src, id, std::move(epilogue)});
  }

  /// A value of the image's size at this node, but with other channels.
  ValueId inner_value(ir::NodeId id, int channels) {
    plan_.values.push_back({.node = id, .channels = channels});
    return static_cast<ValueId>(plan_.values.size()) - 1;
  }

  NormStep plain_norm(ir::NodeId id, NormStep::Kind kind, float eps) const {
    const auto n = static_cast<std::size_t>(channels_of_source(id));
    return {.kind = kind,
            .eps = eps,
            .rho = {},
            .gamma = std::vector<float>(n, 1.F),
            .beta = std::vector<float>(n, 0.F),
            .node = graph_.node(id).name};
  }

  void learnt_scale(ir::NodeId id, NormStep& step) const {
    step.gamma = weight(id, "weight");
    step.beta = weight(id, "bias");
  }

  static void make_dense(ConvStep& step, const std::string& name) {
    const int in_per_group = step.in_channels / step.conv.groups;
    const int out_per_group = step.conv.out / step.conv.groups;
    const std::size_t taps = static_cast<std::size_t>(step.conv.kernel) * step.conv.kernel;
    // A small file must not be able to ask for the memory of a large one.
    const std::size_t n_dense = taps * step.conv.out * step.in_channels;
    if (n_dense > kMaxDenseWeights) {
      fail(ErrorCode::kUnsupported,
           "Conv2d '{}': {} groups of {} to {} channels would take {} dense weights, more than {}; use groups of "
           "multiples of 16 channels",
           name, step.conv.groups, in_per_group, out_per_group, n_dense, kMaxDenseWeights);
    }
    const std::vector<float> weight = step.weight.tensor.to_f32();
    std::vector<float> dense(n_dense, 0.F);
    for (int o = 0; o < step.conv.out; ++o) {
      const int first_in = o / out_per_group * in_per_group;
      for (std::size_t i = 0; i < in_per_group * taps; ++i) {
        dense[(static_cast<std::size_t>(o) * step.in_channels + first_in) * taps + i] =
            weight[o * in_per_group * taps + i];
      }
    }
    step.weight.tensor =
        weights::make_tensor({step.conv.out, step.in_channels, step.conv.kernel, step.conv.kernel}, std::move(dense));
    step.conv.groups = 1;
  }

  const ir::Shape& shape_of_source(ir::NodeId id) const {
    return shapes_[static_cast<std::size_t>(graph_.node(id).src[0])];
  }
  int channels_of_source(ir::NodeId id) const { return static_cast<int>(shape_of_source(id).c); }

  const weights::Tensor& tensor(ir::NodeId id, const char* suffix) const {
    const std::string name = graph_.node(id).name + "." + suffix;
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) {
      fail(ErrorCode::kInvalidArgument, "{} '{}': tensor '{}' is missing from the model",
           ir::type_name(graph_.node(id).op), graph_.node(id).name, name);
    }
    return found->second;
  }
  std::vector<float> weight(ir::NodeId id, const char* suffix) const { return tensor(id, suffix).to_f32(); }
  std::vector<float> bias(ir::NodeId id, bool present, int n) const {
    return present ? weight(id, "bias") : std::vector<float>(static_cast<std::size_t>(n), 0.F);
  }

  const ir::Graph& graph_;
  const weights::TensorMap& tensors_;
  int block_channels_;
  std::vector<ir::Shape> shapes_;  // channel counts only; they do not depend on the image's size
  Plan plan_;
};

}  // namespace

Plan build_plan(const ir::Graph& graph, const weights::TensorMap& tensors, int block_channels) {
  return Builder(graph, tensors, block_channels).build();
}

}  // namespace genga::engine
