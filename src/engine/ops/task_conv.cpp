// Convolutions through oneDNN, for all shapes that Winograd does not suit; what of the epilogue the primitive cannot do
// follows as one sweep of ours over its result. Below f32 the source is rounded into scratch memory first.
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "engine/dnnl_version.h"
#include "engine/ops/conv_edges.h"
#include "engine/ops/dnnl_call.h"
#include "engine/ops/padded_vector.h"
#include "engine/ops/task.h"
#include "engine/ops/task_conv_narrow.h"
#include "engine/ops/task_winograd.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {
namespace {

using dnnl::memory;

void append(dnnl::post_ops& ops, const ir::Activation& activation) {
  switch (curve_of(activation)) {
    case Curve::kTanh:
      return append_eltwise(ops, dnnl::algorithm::eltwise_tanh, 0.F);
    case Curve::kSigmoid:
      return append_eltwise(ops, dnnl::algorithm::eltwise_logistic, 0.F);
    case Curve::kNone:
      return append_eltwise(ops, dnnl::algorithm::eltwise_relu, slope_of(activation));
  }
}

/// Generated code, as opposed to oneDNN's reference loops, which are a thousand times slower.
bool is_fast(std::string_view implementation) {
  return implementation.starts_with("jit") || implementation.starts_with("brg");
}

class ConvTask : public Task {
 public:
  ConvTask(const ConvStep& conv, const TaskSetup& setup)
      : conv_(conv),
        index_(setup.index),
        weights_(setup.weights),
        src_(setup.src[0]),
        dst_(setup.dst),
        residual_(setup.residual),
        epilogue_(setup.step.epilogue),
        row_epilogue_(setup.step.epilogue, setup.residual),
        depthwise_(conv.conv.groups > 1 && conv.conv.groups == conv.in_channels),
        groups_(depthwise_ ? src_.stored_channels() : conv.conv.groups),
        what_(fmt::format("Conv2d '{}'", setup.step.name)) {
    guarded(what_, [&] { choose(); });
    const bool stored = src_.border != ir::Pad{} || conv.conv.pad == ir::Pad{};
    if (!stored && conv.conv.pad_mode != ir::PadMode::kZero) edges_.emplace(conv, setup);
  }

  std::int64_t scratch_bytes() const override {
    const std::int64_t primitive =
        low_ ? low_src_offset() + static_cast<std::int64_t>(pd_.src_desc().get_size()) : primitive_scratch_bytes();
    return std::max(primitive, edges_ ? edges_->scratch_bytes() : 0);  // edges come after the primitive
  }
  std::string note() const override { return pd_.impl_info_str(); }

  void prepare() override {
    guarded(what_, [&] {
      if (edges_) edges_->prepare();
      call_.set_primitive(dnnl::convolution_forward(pd_));
      bind_source();
      call_.bind_value(DNNL_ARG_DST, pd_.dst_desc(), dst_.value);
      call_.bind_constant(DNNL_ARG_WEIGHTS, packed_weight());
      call_.bind_constant(DNNL_ARG_BIAS, packed_bias());
      if (primitive_scratch_bytes() > 0) call_.bind_scratch(pd_.scratchpad_desc());
      if (fused_ && residual_) {
        const int place = epilogue_.first ? 1 : 0;
        call_.bind_value(DNNL_ARG_ATTR_MULTIPLE_POST_OP(place) | DNNL_ARG_SRC_1, desc_of(*residual_), residual_->value);
      }
    });
  }

  void run(const RunContext& context) override {
    if (low_) round_.run(context);
    call_.run(context);
    if (!fused_) {
      make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
        row_epilogue_.apply(row, row, nullptr, nullptr, block, y, dst_.shape.w, context.data);
      });
    }
    if (edges_) edges_->run(context);
  }

 private:
  void choose() {
    for (bool low : {true, false}) {
      if (low && conv_.precision == Precision::kF32) continue;
      for (bool fused : {true, false}) {
        if (try_create(low, fused) && is_fast(pd_.impl_info_str())) return;
      }
    }
    if (!pd_) fail(ErrorCode::kUnsupported, "{}: this oneDNN has no convolution for its shape", what_);
  }

  bool try_create(bool low, bool fused) {
    const bool residual_is_dense = !residual_ || residual_->border == ir::Pad{};
    if (fused && !residual_is_dense) return false;
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (fused) attributes.set_post_ops(post_ops());
    try {
      pd_ = describe(low, attributes);
    } catch (const dnnl::error& error) {
      if (error.status == dnnl_unimplemented || error.status == dnnl_invalid_arguments) return false;
      throw;
    }
    fused_ = fused || epilogue_.empty();
    low_ = low;
    if (low) round_pd_ = {cpu_engine(), desc_of(src_), cpu_engine(), pd_.src_desc()};
    return true;
  }

  memory::data_type type(bool low) const {
    if (!low) return memory::data_type::f32;
    return conv_.precision == Precision::kBf16 ? memory::data_type::bf16 : memory::data_type::f16;
  }

  dnnl::convolution_forward::primitive_desc describe(bool low, const dnnl::primitive_attr& attributes) const {
    const ir::Pad pad = src_.border == ir::Pad{} ? conv_.conv.pad : ir::Pad{};  // a stored border is part of src
    const memory::dim stride = conv_.conv.stride;
    return describe_primitive<dnnl::convolution_forward>(
        attributes, dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, desc_of(src_, type(low)),
        memory::desc(weight_dims(), type(low), memory::format_tag::any),
        memory::desc({dst_.stored_channels()}, memory::data_type::f32, memory::format_tag::a), desc_of(dst_),
        memory::dims{stride, stride}, memory::dims{pad[0], pad[1]}, memory::dims{pad[2], pad[3]});
  }

  std::int64_t primitive_scratch_bytes() const { return static_cast<std::int64_t>(pd_.scratchpad_desc().get_size()); }
  std::int64_t low_src_offset() const { return (primitive_scratch_bytes() + 63) / 64 * 64; }

  void bind_source() {
    if (!low_) return call_.bind_value(DNNL_ARG_SRC, pd_.src_desc(), src_.value);
    call_.bind_work(DNNL_ARG_SRC, pd_.src_desc(), low_src_offset());
    round_.set_primitive(dnnl::reorder(round_pd_));
    round_.bind_value(DNNL_ARG_FROM, desc_of(src_), src_.value);
    round_.bind_work(DNNL_ARG_TO, pd_.src_desc(), low_src_offset());
  }

  dnnl::post_ops post_ops() const {
    dnnl::post_ops ops;
    if (epilogue_.first) append(ops, *epilogue_.first);
    if (residual_) ops.append_binary(dnnl::algorithm::binary_add, desc_of(*residual_));
    if (epilogue_.second) append(ops, *epilogue_.second);
    return ops;
  }

  memory::dims weight_dims() const {
    const memory::dim k = conv_.conv.kernel;
    const memory::dim out = dst_.stored_channels();
    const memory::dim in = src_.stored_channels();
    if (groups_ > 1) return {groups_, out / groups_, in / groups_, k, k};
    return {out, in, k, k};
  }

  memory packed_weight() const {
    const auto tag = groups_ > 1 ? memory::format_tag::goihw : memory::format_tag::oihw;
    return weights_.get(index_, pd_.weights_desc(), {weight_dims(), memory::data_type::f32, tag},
                        [&] { return filled_up_weight(); });
  }

  /// The weights with zeros for the channels that only fill up blocks.
  std::vector<float> filled_up_weight() const {
    const std::int64_t row =
        std::int64_t{conv_.in_channels} / conv_.conv.groups * conv_.conv.kernel * conv_.conv.kernel;
    const std::int64_t filled_row = src_.stored_channels() / groups_ * conv_.conv.kernel * conv_.conv.kernel;
    const std::vector<float> weight = conv_.weight.values();
    std::vector<float> filled(static_cast<std::size_t>(dst_.stored_channels() * filled_row), 0.F);
    for (std::int64_t o = 0; o < conv_.conv.out; ++o) {
      std::copy_n(weight.begin() + o * row, row, filled.begin() + o * filled_row);
    }
    return filled;
  }

  memory packed_bias() const {
    const memory::desc desc({dst_.stored_channels()}, memory::data_type::f32, memory::format_tag::a);
    return weights_.get(index_, desc, desc, [&] { return padded(conv_.bias, dst_); });
  }

  const ConvStep& conv_;
  int index_;
  WeightCache& weights_;
  View src_, dst_;
  std::optional<View> residual_;
  const Epilogue& epilogue_;
  RowEpilogue row_epilogue_;
  bool depthwise_;
  std::int64_t groups_;
  std::string what_;
  dnnl::convolution_forward::primitive_desc pd_;
  dnnl::reorder::primitive_desc round_pd_;  // of the source, if low_
  bool fused_ = false;                      // the primitive does the epilogue
  bool low_ = false;                        // it multiplies in conv_.precision
  DnnlCall round_, call_;
  std::optional<ConvEdges> edges_;  // where padding is not zeros and not stored
};

}  // namespace

TaskPtr make_task(const ConvStep& conv, const TaskSetup& setup) {
  if (setup.dst.block_channels == 1) return make_narrow_conv_task(conv, setup);
  const Layout src = setup.src[0].layout();
  if (setup.fused && suits_winograd(conv, src)) return make_winograd_task(conv, setup);
  if (setup.fused && suits_large_winograd(conv, src)) return make_large_winograd_task(conv, setup);
  return std::make_unique<ConvTask>(conv, setup);
}

}  // namespace genga::engine
