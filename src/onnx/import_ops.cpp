// What each ONNX operator becomes.
#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "genga/error.h"
#include "onnx/importer.h"

namespace genga::onnx {
namespace {

using Values = std::vector<float>;

constexpr int kMaxKernel = 1024;  // of a graph's convolutions

/// [out, in, kh, kw] in the middle of [out, in, k, k].
Values embedded(const Values& weight, std::int64_t n_planes, int kh, int kw) {
  const int k = std::max(kh, kw);
  const int top = (k - kh) / 2;
  const int left = (k - kw) / 2;
  Values square(static_cast<std::size_t>(n_planes) * k * k, 0.0F);
  for (std::int64_t plane = 0; plane < n_planes; ++plane) {
    for (int y = 0; y < kh; ++y) {
      const auto row = weight.begin() + (plane * kh + y) * kw;
      std::copy_n(row, kw, square.begin() + (plane * k + top + y) * k + left);
    }
  }
  return square;
}

/// The padding of the square kernel that holds the given one.
ir::Pad embedded_pad(const ir::Pad& pad, int kh, int kw) {
  const int k = std::max(kh, kw);
  const int top = (k - kh) / 2;
  const int left = (k - kw) / 2;
  return {pad[0] + top, pad[1] + left, pad[2] + k - kh - top, pad[3] + k - kw - left};
}

/// [C,1,1] or [1,C,1,1]: what broadcasts along height and width.
bool is_per_channel(const std::vector<std::int64_t>& dims, std::int64_t n_channels) {
  const std::size_t rank = dims.size();
  if (rank != 3 && rank != 4) return false;
  return dims[rank - 3] == n_channels && dims[rank - 2] == 1 && dims[rank - 1] == 1 && (rank == 3 || dims[0] == 1);
}

bool same_on_all_sides(const ir::Pad& pad) {
  return std::all_of(pad.begin(), pad.end(), [&](int px) { return px == pad[0]; });
}

}  // namespace

bool Importer::add_images(const Node& node) {
  using Adder = void (Importer::*)(const Node&);
  static const std::map<std::string, Adder, std::less<>> kAdders{
      {"Conv", &Importer::add_conv},
      {"BatchNormalization", &Importer::add_batch_norm},
      {"Relu", &Importer::add_activation},
      {"LeakyRelu", &Importer::add_activation},
      {"Tanh", &Importer::add_activation},
      {"Sigmoid", &Importer::add_activation},
      {"MaxPool", &Importer::add_max_pool},
      {"AveragePool", &Importer::add_average_pool},
      {"GlobalAveragePool", &Importer::add_global_pool},
      {"ReduceMean", &Importer::add_reduce_mean},
      {"Concat", &Importer::add_concat},
      {"Add", &Importer::add_arithmetic},
      {"Sub", &Importer::add_arithmetic},
      {"Mul", &Importer::add_arithmetic},
      {"Div", &Importer::add_arithmetic},
  };
  const auto found = kAdders.find(node.op_type());
  if (found == kAdders.end()) return false;
  (this->*found->second)(node);
  return true;
}

Importer::Window Importer::window_of(const Node& node, int kernel_h, int kernel_w) const {
  const Attributes attributes(node);
  Window window{.kernel_h = kernel_h, .kernel_w = kernel_w};
  const auto strides = attributes.integers("strides", {1, 1});
  const auto dilations = attributes.integers("dilations", {1, 1});
  auto pads = attributes.integers("pads", {0, 0, 0, 0});
  const auto fits = [](const std::vector<std::int64_t>& list, std::size_t n) {
    return list.size() == n && std::all_of(list.begin(), list.end(), [](auto v) { return v >= 0 && v <= 4096; });
  };
  if (!fits(strides, 2) || !fits(dilations, 2) || !fits(pads, 4) || kernel_h < 1 || kernel_w < 1 ||
      kernel_h > kMaxKernel || kernel_w > kMaxKernel || strides[0] < 1) {
    fail(ErrorCode::kUnsupported, "{}: expected kernel, strides and pads of two dimensions", title_of(node));
  }
  if (strides[0] != strides[1] || dilations != std::vector<std::int64_t>{1, 1}) {
    fail(ErrorCode::kUnsupported, "{}: strides {}x{}, dilations {}x{}; expected equal strides and no dilation",
         title_of(node), strides[0], strides[1], dilations[0], dilations[1]);
  }
  window.stride = static_cast<int>(strides[0]);
  window.ceil_mode = attributes.integer("ceil_mode", 0) != 0;
  const std::string auto_pad = attributes.text("auto_pad", "NOTSET");
  if (auto_pad.starts_with("SAME") && window.stride == 1) {
    const int y = kernel_h - 1, x = kernel_w - 1;
    const int more = auto_pad == "SAME_LOWER" ? 1 : 0;
    pads = {(y + more) / 2, (x + more) / 2, y - (y + more) / 2, x - (x + more) / 2};
  } else if (auto_pad != "NOTSET" && auto_pad != "VALID") {
    fail(ErrorCode::kUnsupported, "{}: auto_pad {} with stride {} depends on the image; export explicit pads",
         title_of(node), auto_pad, window.stride);
  }
  for (std::size_t i = 0; i < 4; ++i) window.pad[i] = static_cast<int>(pads[i]);
  return window;
}

Importer::Window Importer::pool_window(const Node& node) const {
  const auto kernel = Attributes(node).integers("kernel_shape", {});
  const auto side = [&](std::size_t i) {
    return kernel.size() == 2 ? static_cast<int>(std::clamp<std::int64_t>(kernel[i], 0, 1 << 20)) : 0;
  };
  return window_of(node, side(0), side(1));
}

void Importer::add_conv(const Node& node) {
  const Tensor& weight = constant(node, 1);
  const auto dims = dims_of(weight);
  if (dims.size() != 4 || std::any_of(dims.begin(), dims.end(), [](auto d) { return d < 1 || d > 1 << 20; })) {
    fail(ErrorCode::kUnsupported, "{}: expected a weight [out, in, height, width]", title_of(node));
  }
  const Window window = window_of(node, static_cast<int>(dims[2]), static_cast<int>(dims[3]));
  const bool bias = node.input_size() > 2 && !node.input(2).empty();
  const std::int64_t groups = Attributes(node).integer("group", 1);
  const int k = std::max(window.kernel_h, window.kernel_w);
  const ir::Conv2d op{.out = static_cast<int>(dims[0]),
                      .kernel = k,
                      .stride = window.stride,
                      .pad = embedded_pad(window.pad, window.kernel_h, window.kernel_w),
                      .groups = static_cast<int>(std::clamp<std::int64_t>(groups, 0, 1 << 20)),
                      .bias = bias};
  const std::string name = add(node, op, {image(node, 0)}, dims[0]);
  const Values held = floats_of(weight);
  claim(node, dims[0] * dims[1], k, std::ssize(held));
  put(name + ".weight", {dims[0], dims[1], k, k}, embedded(held, dims[0] * dims[1], window.kernel_h, window.kernel_w));
  if (bias) put(name + ".bias", {dims[0]}, floats_of(constant(node, 2)));
}

void Importer::add_batch_norm(const Node& node) {
  const ir::NodeId src = image(node, 0);
  const std::int64_t n = channels(src);
  const std::string name = add(node, ir::BatchNorm{.eps = Attributes(node).number("epsilon", 1e-5F)}, {src}, n);
  constexpr std::array kSuffixes{".weight", ".bias", ".running_mean", ".running_var"};  // ONNX's sources 1 to 4
  for (std::size_t i = 0; i < kSuffixes.size(); ++i) {
    const Tensor& tensor = constant(node, static_cast<int>(i) + 1);
    put(name + kSuffixes[i], dims_of(tensor), floats_of(tensor));
  }
}

void Importer::add_activation(const Node& node) {
  using Kind = ir::ActivationKind;
  const std::string& type = node.op_type();
  const Kind kind = type == "Relu"      ? Kind::kRelu
                    : type == "Tanh"    ? Kind::kTanh
                    : type == "Sigmoid" ? Kind::kSigmoid
                                        : Kind::kLeakyRelu;
  const ir::NodeId src = image(node, 0);
  add(node, ir::Activation{.kind = kind, .slope = Attributes(node).number("alpha", 0.01F)}, {src}, channels(src));
}

void Importer::add_max_pool(const Node& node) {
  const Window w = pool_window(node);
  if (w.kernel_h != w.kernel_w || !same_on_all_sides(w.pad)) {
    fail(ErrorCode::kUnsupported, "{}: kernel {}x{}; expected a square kernel, padded alike on all sides",
         title_of(node), w.kernel_h, w.kernel_w);
  }
  const ir::NodeId src = image(node, 0);
  add(node,
      ir::Pool2d{.kind = ir::PoolKind::kMax,
                 .kernel = w.kernel_h,
                 .stride = w.stride,
                 .pad = w.pad[0],
                 .ceil_mode = w.ceil_mode},
      {src}, channels(src));
}

void Importer::add_average_pool(const Node& node) {
  const Window w = pool_window(node);
  const bool padded = w.pad != ir::Pad{};
  const bool square = w.kernel_h == w.kernel_w && same_on_all_sides(w.pad);
  const bool counts_padding = Attributes(node).integer("count_include_pad", 0) != 0;
  const ir::NodeId src = image(node, 0);
  if (square && !(padded && counts_padding)) {
    add(node,
        ir::Pool2d{.kind = ir::PoolKind::kAverage,
                   .kernel = w.kernel_h,
                   .stride = w.stride,
                   .pad = w.pad[0],
                   .ceil_mode = w.ceil_mode},
        {src}, channels(src));
  } else if (!w.ceil_mode && (!padded || counts_padding)) {
    add_mean_conv(node, w);
  } else {
    fail(ErrorCode::kUnsupported,
         "{}: a kernel that is not square, or ceil_mode, with padding; export it with count_include_pad",
         title_of(node));
  }
}

void Importer::add_mean_conv(const Node& node, const Window& w) {
  const ir::NodeId src = image(node, 0);
  const std::int64_t n = channels(src);
  const int k = std::max(w.kernel_h, w.kernel_w);
  const ir::Conv2d op{.out = static_cast<int>(n),
                      .kernel = k,
                      .stride = w.stride,
                      .pad = embedded_pad(w.pad, w.kernel_h, w.kernel_w),
                      .groups = static_cast<int>(n),
                      .bias = false};
  const std::string name = add(node, op, {src}, n);
  claim(node, n, k, 0);
  const float weight = 1.0F / static_cast<float>(w.kernel_h * w.kernel_w);
  const Values ones(static_cast<std::size_t>(n) * w.kernel_h * w.kernel_w, weight);
  put(name + ".weight", {n, 1, k, k}, embedded(ones, n, w.kernel_h, w.kernel_w));
}

void Importer::add_global_pool(const Node& node) {
  const ir::NodeId src = image(node, 0);
  add(node, ir::GlobalPool{.kind = ir::PoolKind::kAverage}, {src}, channels(src));
}

void Importer::add_reduce_mean(const Node& node) {
  const bool by_source = node.input_size() > 1 && !node.input(1).empty();  // from operator set 18 on
  auto axes = by_source ? integers_of(constant(node, 1)) : Attributes(node).integers("axes", {});
  for (auto& axis : axes) axis = axis < 0 ? axis + 4 : axis;
  std::sort(axes.begin(), axes.end());
  if (axes != std::vector<std::int64_t>{2, 3}) {
    fail(ErrorCode::kUnsupported, "{}: expected a mean over height and width (axes 2 and 3)", title_of(node));
  }
  add_global_pool(node);
}

void Importer::add_concat(const Node& node) {
  const std::int64_t axis = Attributes(node).integer("axis", 1);
  if (axis != 1 && axis != -3) {
    fail(ErrorCode::kUnsupported, "{}: joins along axis {}; expected channels (1)", title_of(node), axis);
  }
  std::vector<ir::NodeId> src;
  std::int64_t n = 0;
  for (int i = 0; i < node.input_size(); ++i) {
    src.push_back(image(node, i));
    n += channels(src.back());
  }
  add(node, ir::Concat{}, std::move(src), n);
}

void Importer::add_arithmetic(const Node& node) {
  const std::string& type = node.op_type();
  if (is_image(node, 0) && is_image(node, 1)) {
    if (type != "Add") {
      fail(ErrorCode::kUnsupported, "{}: of two images; expected an image and a constant", title_of(node));
    }
    const ir::NodeId src = image(node, 0);
    add(node, ir::Add{}, {src, image(node, 1)}, channels(src));
    return;
  }
  const int at = is_image(node, 0) ? 0 : 1;  // of the image
  const ir::NodeId src = image(node, at);
  const Tensor& numbers = constant(node, 1 - at);
  Values scale = floats_of(numbers);
  if (scale.size() != 1 && !is_per_channel(dims_of(numbers), channels(src))) {
    fail(ErrorCode::kUnsupported, "{}: expected a constant of one number, or one for each of {} channels",
         title_of(node), channels(src));
  }
  if (type == "Div" && at == 1) fail(ErrorCode::kUnsupported, "{}: divides by the image", title_of(node));
  Values offset(scale.size(), 0.0F);
  if (type == "Div") {
    for (float& s : scale) s = 1 / s;
  } else if (type != "Mul") {  // Add, or Sub either way round
    offset = scale;
    if (type == "Sub" && at == 0) {
      for (float& o : offset) o = -o;
    }
    std::fill(scale.begin(), scale.end(), type == "Sub" && at == 1 ? -1.0F : 1.0F);
  }
  add_channel_affine(node, src, scale, offset);
}

void Importer::add_channel_affine(const Node& node, ir::NodeId src, const Values& scale, const Values& offset) {
  const std::int64_t n = channels(src);
  const auto equal = [](const Values& v) {
    return std::all_of(v.begin(), v.end(), [&](float x) { return x == v[0]; });
  };
  if (equal(scale) && equal(offset)) {
    add(node, ir::Affine{.scale = scale[0], .offset = offset[0]}, {src}, n);
    return;
  }
  const ir::Conv2d op{.out = static_cast<int>(n), .kernel = 1, .groups = static_cast<int>(n)};
  const std::string name = add(node, op, {src}, n);
  put(name + ".weight", {n, 1, 1, 1}, scale);
  put(name + ".bias", {n}, offset);
}

void Importer::add_constant(const Node& node) {
  const Tensor* tensor = Attributes(node).tensor("value");
  if (tensor == nullptr || node.output_size() == 0) {
    fail(ErrorCode::kUnsupported, "{}: expected a tensor as its value", title_of(node));
  }
  constants_[node.output(0)] = tensor;
}

}  // namespace genga::onnx
