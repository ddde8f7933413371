// Transposed convolutions and fully connected layers through oneDNN.
#include <fmt/core.h>

#include <algorithm>

#include "engine/dnnl_version.h"
#include "engine/ops/dnnl_call.h"
#include "engine/ops/padded_vector.h"
#include "engine/ops/task.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {
namespace {

using dnnl::memory;

class DeconvTask : public Task {
 public:
  DeconvTask(const DeconvStep& deconv, const TaskSetup& setup)
      : deconv_(deconv),
        index_(setup.index),
        weights_(setup.weights),
        src_(setup.src[0]),
        dst_(setup.dst),
        has_epilogue_(!setup.step.epilogue.empty()),
        epilogue_(setup.step.epilogue, setup.residual),
        what_(fmt::format("ConvTranspose2d '{}'", setup.step.name)) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    guarded(what_, [&] { pd_ = describe(attributes); });
  }

  std::int64_t scratch_bytes() const override { return static_cast<std::int64_t>(pd_.scratchpad_desc().get_size()); }
  std::string note() const override { return pd_.impl_info_str(); }

  void prepare() override {
    guarded(what_, [&] {
      call_.set_primitive(dnnl::deconvolution_forward(pd_));
      call_.bind_value(DNNL_ARG_SRC, pd_.src_desc(), src_.value);
      call_.bind_value(DNNL_ARG_DST, pd_.dst_desc(), dst_.value);
      call_.bind_constant(
          DNNL_ARG_WEIGHTS,
          weights_.get(index_, pd_.weights_desc(), {weight_dims(), memory::data_type::f32, memory::format_tag::iohw},
                       [&] { return filled_up_weight(); }));
      call_.bind_constant(DNNL_ARG_BIAS,
                          weights_.get(index_, bias_desc(), bias_desc(), [&] { return padded(deconv_.bias, dst_); }));
      if (scratch_bytes() > 0) call_.bind_scratch(pd_.scratchpad_desc());
    });
  }

  void run(const RunContext& context) override {
    call_.run(context);
    if (!has_epilogue_) return;
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      epilogue_.apply(row, row, nullptr, nullptr, block, y, dst_.shape.w, context.data);
    });
  }

 private:
  dnnl::deconvolution_forward::primitive_desc describe(const dnnl::primitive_attr& attributes) const {
    const memory::dim stride = deconv_.conv.stride;
    const memory::dim before = deconv_.conv.pad;
    const memory::dim after = before - deconv_.conv.output_pad;
    return describe_primitive<dnnl::deconvolution_forward>(
        attributes, dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct, desc_of(src_),
        memory::desc(weight_dims(), memory::data_type::f32, memory::format_tag::any), bias_desc(), desc_of(dst_),
        memory::dims{stride, stride}, memory::dims{before, before}, memory::dims{after, after});
  }

  memory::desc bias_desc() const { return {{dst_.stored_channels()}, memory::data_type::f32, memory::format_tag::a}; }

  memory::dims weight_dims() const {
    const memory::dim k = deconv_.conv.kernel;
    return {dst_.stored_channels(), src_.stored_channels(), k, k};
  }

  /// [in][out][taps] with zeros for the channels that only fill up blocks.
  std::vector<float> filled_up_weight() const {
    const std::int64_t taps = std::int64_t{deconv_.conv.kernel} * deconv_.conv.kernel;
    const std::int64_t row = deconv_.conv.out * taps;
    const std::int64_t filled_row = dst_.stored_channels() * taps;
    std::vector<float> filled(static_cast<std::size_t>(src_.stored_channels() * filled_row), 0.F);
    for (std::int64_t i = 0; i < deconv_.in_channels; ++i) {
      std::copy_n(deconv_.weight.begin() + i * row, row, filled.begin() + i * filled_row);
    }
    return filled;
  }

  const DeconvStep& deconv_;
  int index_;
  WeightCache& weights_;
  View src_, dst_;
  bool has_epilogue_;
  RowEpilogue epilogue_;
  std::string what_;
  dnnl::deconvolution_forward::primitive_desc pd_;
  DnnlCall call_;
};

class LinearTask : public Task {
 public:
  LinearTask(const LinearStep& linear, const TaskSetup& setup)
      : linear_(linear),
        index_(setup.index),
        weights_(setup.weights),
        src_(setup.src[0].value),
        dst_(setup.dst.value),
        what_(fmt::format("Linear '{}'", setup.step.name)) {
    const memory::desc weight({linear.out, linear.in_size}, memory::data_type::f32, memory::format_tag::any);
    const memory::desc src({1, linear.in_size}, memory::data_type::f32, memory::format_tag::nc);
    const memory::desc dst({1, linear.out}, memory::data_type::f32, memory::format_tag::nc);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    guarded(what_, [&] {
      pd_ = describe_primitive<dnnl::inner_product_forward>(attributes, dnnl::prop_kind::forward_inference, src, weight,
                                                            bias_desc(), dst);
    });
  }

  std::int64_t scratch_bytes() const override { return static_cast<std::int64_t>(pd_.scratchpad_desc().get_size()); }
  std::string note() const override { return pd_.impl_info_str(); }

  void prepare() override {
    guarded(what_, [&] {
      call_.set_primitive(dnnl::inner_product_forward(pd_));
      call_.bind_value(DNNL_ARG_SRC, pd_.src_desc(), src_);
      call_.bind_value(DNNL_ARG_DST, pd_.dst_desc(), dst_);
      const memory::desc plain({linear_.out, linear_.in_size}, memory::data_type::f32, memory::format_tag::oi);
      call_.bind_constant(DNNL_ARG_WEIGHTS,
                          weights_.get(index_, pd_.weights_desc(), plain, [&] { return linear_.weight; }));
      call_.bind_constant(DNNL_ARG_BIAS, weights_.get(index_, bias_desc(), bias_desc(), [&] { return linear_.bias; }));
      if (scratch_bytes() > 0) call_.bind_scratch(pd_.scratchpad_desc());
    });
  }

  void run(const RunContext& context) override { call_.run(context); }

 private:
  memory::desc bias_desc() const { return {{linear_.out}, memory::data_type::f32, memory::format_tag::a}; }

  const LinearStep& linear_;
  int index_;
  WeightCache& weights_;
  ValueId src_, dst_;
  std::string what_;
  dnnl::inner_product_forward::primitive_desc pd_;
  DnnlCall call_;
};

}  // namespace

TaskPtr make_task(const DeconvStep& deconv, const TaskSetup& setup) {
  return std::make_unique<DeconvTask>(deconv, setup);
}
TaskPtr make_task(const LinearStep& linear, const TaskSetup& setup) {
  return std::make_unique<LinearTask>(linear, setup);
}

}  // namespace genga::engine
