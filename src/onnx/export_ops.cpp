// What each of our ops becomes in ONNX's operators.
#include "onnx/export_ops.h"

#include <algorithm>

namespace genga::onnx {
namespace {

using Axes = Ints;
const Axes kPixels{2, 3}, kAll{1, 2, 3};

class Exporter {
 public:
  Exporter(GraphWriter& writer, const ExportNode& node) : w_(writer), n_(node) {}

  Value operator()(const ir::Input&) { return {}; }

  Value operator()(const ir::Conv2d& op) {
    const bool zero = op.pad_mode == ir::PadMode::kZero;
    const Value src = zero ? x() : padded(x(), op.pad, op.pad_mode == ir::PadMode::kReflect ? "reflect" : "edge");
    return conv(src, parameters(op.bias), op.kernel, op.stride, zero ? op.pad : ir::Pad{}, op.groups);
  }
  Value operator()(const ir::ConvTranspose2d& op) {
    std::vector<Value> src{x()};
    for (const Value& value : parameters(op.bias)) src.push_back(value);
    return w_.add("ConvTranspose", src,
                  {{"kernel_shape", twice(op.kernel)},
                   {"strides", twice(op.stride)},
                   {"pads", Ints(4, op.pad)},
                   {"output_padding", twice(op.output_pad)}});
  }
  Value operator()(const ir::Linear& op) {
    std::vector<Value> src{w_.add("Flatten", {x()}, {{"axis", std::int64_t{1}}})};
    for (const Value& value : parameters(op.bias)) src.push_back(value);
    return reshape(w_.add("Gemm", src, {{"transB", std::int64_t{1}}}), {0, op.out, 1, 1});
  }
  Value operator()(const ir::Reshape& op) { return reshape(x(), {0, op.channels, op.height, op.width}); }

  Value operator()(const ir::BatchNorm& op) {
    return w_.add("BatchNormalization",
                  {x(), weight("weight"), weight("bias"), weight("running_mean"), weight("running_var")},
                  {{"epsilon", op.eps}});
  }
  Value operator()(const ir::InstanceNorm& op) {
    const Value scale = op.affine ? weight("weight") : filled(1), offset = op.affine ? weight("bias") : filled(0);
    return w_.add("InstanceNormalization", {x(), scale, offset}, {{"epsilon", op.eps}});
  }
  Value operator()(const ir::LayerNorm& op) {
    return add(mul(normal(x(), kAll, op.eps, false), per_channel("weight")), per_channel("bias"));
  }
  Value operator()(const ir::Lade& op) {
    const Moments wanted = moments(n_.src[1], kPixels, false);
    const Value spread = w_.add("Sqrt", {add(wanted.var, w_.number(op.eps))});
    return add(mul(normal(x(), kPixels, op.eps, false), spread), wanted.mean);
  }
  Value operator()(const ir::Lin& op) {
    return add(mul(layer_instance(op.eps, op.unbiased), per_channel("weight")), per_channel("bias"));
  }
  Value operator()(const ir::AdaLin& op) { return add(mul(layer_instance(op.eps, op.unbiased), n_.src[1]), n_.src[2]); }

  Value operator()(const ir::Activation& op) {
    switch (op.kind) {
      case ir::ActivationKind::kRelu:
        return w_.add("Relu", {x()});
      case ir::ActivationKind::kLeakyRelu:
        return w_.add("LeakyRelu", {x()}, {{"alpha", op.slope}});
      case ir::ActivationKind::kTanh:
        return w_.add("Tanh", {x()});
      case ir::ActivationKind::kSigmoid:
        return w_.add("Sigmoid", {x()});
    }
    return {};
  }
  Value operator()(const ir::Add&) { return w_.add("Sum", n_.src); }
  Value operator()(const ir::Concat&) { return w_.add("Concat", n_.src, {{"axis", std::int64_t{1}}}); }
  Value operator()(const ir::Affine& op) { return add(mul(x(), w_.number(op.scale)), w_.number(op.offset)); }
  Value operator()(const ir::ChannelScale&) { return mul(x(), per_channel("weight")); }

  Value operator()(const ir::Upsample& op) {
    const auto factor = static_cast<float>(op.factor);
    const bool nearest = op.mode == ir::UpsampleMode::kNearest;
    const std::string where = op.mode == ir::UpsampleMode::kHalfPixel      ? "half_pixel"
                              : op.mode == ir::UpsampleMode::kAlignCorners ? "align_corners"
                                                                           : "asymmetric";
    return w_.add("Resize", {x(), "", w_.floats({4}, {1, 1, factor, factor})},
                  {{"mode", std::string(nearest ? "nearest" : "linear")},
                   {"coordinate_transformation_mode", where},
                   {"nearest_mode", std::string("floor")}});
  }
  Value operator()(const ir::PixelShuffle& op) {
    return w_.add("DepthToSpace", {x()}, {{"blocksize", std::int64_t{op.factor}}, {"mode", std::string("CRD")}});
  }
  /// SpaceToDepth has another order of channels; a convolution with one 1 per kernel has ours.
  Value operator()(const ir::PixelUnshuffle& op) {
    const std::int64_t c = channels(), f = op.factor;
    std::vector<float> kernels(static_cast<std::size_t>(c * f * f * f * f));
    for (std::int64_t i = 0; i < c * f * f; ++i) kernels[static_cast<std::size_t>(i * f * f + i % (f * f))] = 1;
    return conv(x(), {w_.floats({c * f * f, 1, f, f}, kernels)}, op.factor, op.factor, {}, static_cast<int>(c));
  }
  Value operator()(const ir::Blur& op) {
    std::vector<float> kernels;
    for (std::int64_t i = 0; i < channels(); ++i) {
      for (const float v : {1.F, 2.F, 1.F, 2.F, 4.F, 2.F, 1.F, 2.F, 1.F}) kernels.push_back(v / 16);
    }
    const Value src = padded(x(), {1, 1, 1, 1}, "reflect");
    return conv(src, {w_.floats({channels(), 1, 3, 3}, kernels)}, 3, op.stride, {}, static_cast<int>(channels()));
  }

  Value operator()(const ir::Pool2d& op) {
    std::vector<AttributeValue> attributes{{"kernel_shape", twice(op.kernel)},
                                           {"strides", twice(op.stride)},
                                           {"pads", Ints(4, op.pad)},
                                           {"ceil_mode", std::int64_t{op.ceil_mode}}};
    return w_.add(op.kind == ir::PoolKind::kMax ? "MaxPool" : "AveragePool", {x()}, attributes);
  }
  Value operator()(const ir::GlobalPool& op) {
    return w_.add(op.kind == ir::PoolKind::kMax ? "GlobalMaxPool" : "GlobalAveragePool", {x()});
  }
  /// He et al. 2010, eq. (5), (6), (8); the mean of a clipped window is an average pool that leaves out its padding.
  Value operator()(const ir::GuidedFilter& op) {
    const Value guide = n_.src[0], src = n_.src[1];
    const Value mean_guide = box(guide, op.radius), mean_src = box(src, op.radius);
    const Value covariance = sub(box(mul(guide, src), op.radius), mul(mean_guide, mean_src));
    const Value variance = sub(box(mul(guide, guide), op.radius), mul(mean_guide, mean_guide));
    const Value slope = div(covariance, add(variance, w_.number(op.eps)));
    const Value offset = sub(mean_src, mul(slope, mean_guide));
    return add(mul(box(slope, op.radius), guide), box(offset, op.radius));
  }

  Value operator()(const ir::ExternalAttention& op) {
    const Value flat = reshape(x(), {0, channels(), -1});
    const Value pixels = w_.add("Transpose", {flat}, {{"perm", Ints{0, 2, 1}}});  // [N,P,C]
    const Value memory = weight("weight");                                        // [C,K]
    const Value scores = w_.add("MatMul", {pixels, memory});                      // [N,P,K]
    const Value fractions = op.stored ? w_.add("Exp", {sub(scores, weight("log_sum"))})
                                      : w_.add("Softmax", {scores}, {{"axis", std::int64_t{1}}});
    const Value sums = w_.add("ReduceSum", {fractions, w_.integers({2})}, {{"keepdims", std::int64_t{1}}});
    const Value rows = div(fractions, add(sums, w_.number(1e-9F)));
    const Value back = w_.add("MatMul", {rows, w_.add("Transpose", {memory}, {{"perm", Ints{1, 0}}})});
    const Value result = w_.add("Transpose", {back}, {{"perm", Ints{0, 2, 1}}});  // [N,C,P]
    return w_.add("Reshape", {result, w_.add("Shape", {x()})});
  }
  Value operator()(const ir::GaussianMixture& op) {
    const std::int64_t d = channels() - op.components;
    const Value noise = slice(x(), 0, d), fractions = reshape(slice(x(), d, channels()), {0, op.components});
    const Value mean = reshape(w_.add("MatMul", {fractions, weight("mean")}), {0, d, 1, 1});
    const Value deviation = reshape(w_.add("MatMul", {fractions, weight("deviation")}), {0, d, 1, 1});
    return add(mul(noise, deviation), mean);
  }

 private:
  struct Moments {
    Value mean, centred, var;
  };

  const Value& x() const { return n_.src.front(); }
  std::int64_t channels() const { return n_.src_shapes.front().c; }
  static Ints twice(int value) { return {value, value}; }

  Value add(const Value& a, const Value& b) { return w_.add("Add", {a, b}); }
  Value sub(const Value& a, const Value& b) { return w_.add("Sub", {a, b}); }
  Value mul(const Value& a, const Value& b) { return w_.add("Mul", {a, b}); }
  Value div(const Value& a, const Value& b) { return w_.add("Div", {a, b}); }
  Value reshape(const Value& src, const Ints& shape) { return w_.add("Reshape", {src, w_.integers(shape)}); }
  Value filled(float value) {
    return w_.floats({channels()}, std::vector<float>(static_cast<std::size_t>(channels()), value));
  }

  const weights::Tensor& tensor(const std::string& suffix) const { return n_.tensors.at(n_.node.name + "." + suffix); }
  Value weight(const std::string& suffix) { return w_.floats(tensor(suffix).dims, tensor(suffix).to_f32()); }
  Value per_channel(const std::string& suffix) {
    return w_.floats({1, tensor(suffix).dims.at(0), 1, 1}, tensor(suffix).to_f32());
  }
  std::vector<Value> parameters(bool bias) {
    std::vector<Value> values{weight("weight")};
    if (bias) values.push_back(weight("bias"));
    return values;
  }

  Value padded(const Value& src, const ir::Pad& pad, const std::string& mode) {
    if (std::ranges::all_of(pad, [](int p) { return p == 0; })) return src;
    return w_.add("Pad", {src, w_.integers({0, 0, pad[0], pad[1], 0, 0, pad[2], pad[3]})}, {{"mode", mode}});
  }
  Value conv(const Value& src, const std::vector<Value>& weights, int kernel, int stride, const ir::Pad& pad,
             int groups) {
    std::vector<Value> all{src};
    all.insert(all.end(), weights.begin(), weights.end());
    return w_.add("Conv", all,
                  {{"kernel_shape", twice(kernel)},
                   {"strides", twice(stride)},
                   {"pads", Ints(pad.begin(), pad.end())},
                   {"group", std::int64_t{groups}}});
  }
  Value box(const Value& src, int radius) {
    return w_.add("AveragePool", {src}, {{"kernel_shape", twice(2 * radius + 1)}, {"pads", Ints(4, radius)}});
  }
  Value slice(const Value& src, std::int64_t begin, std::int64_t end) {
    return w_.add("Slice", {src, w_.integers({begin}), w_.integers({end}), w_.integers({1})});
  }

  Value mean(const Value& src, const Axes& axes) {
    return w_.add("ReduceMean", {src}, {{"axes", axes}, {"keepdims", std::int64_t{1}}});
  }
  Moments moments(const Value& src, const Axes& axes, bool unbiased) {
    const Value mean_of = mean(src, axes);
    const Value centred = sub(src, mean_of);
    Value var = mean(mul(centred, centred), axes);
    if (unbiased) {  // times count / (count - 1), of a size that only the running network knows
      const Value dims = w_.add("Shape", {src}, {{"start", axes.front()}});
      const Value count = w_.add("Cast", {w_.add("ReduceProd", {dims})}, {{"to", std::int64_t{1}}});
      var = mul(var, div(count, sub(count, w_.number(1))));
    }
    return {mean_of, centred, var};
  }
  Value normal(const Value& src, const Axes& axes, float eps, bool unbiased) {
    const Moments of = moments(src, axes, unbiased);
    return div(of.centred, w_.add("Sqrt", {add(of.var, w_.number(eps))}));
  }
  /// U-GAT-IT's equation 1, before scale and shift.
  Value layer_instance(float eps, bool unbiased) {
    const Value rho = per_channel("rho");
    const Value instance = mul(normal(x(), kPixels, eps, unbiased), rho);
    return add(instance, mul(normal(x(), kAll, eps, unbiased), sub(w_.number(1), rho)));
  }

  GraphWriter& w_;
  const ExportNode& n_;
};

}  // namespace

Value export_op(GraphWriter& writer, const ExportNode& node) {
  return std::visit(Exporter(writer, node), node.node.op);
}

}  // namespace genga::onnx
