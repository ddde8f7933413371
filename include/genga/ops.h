// The operations a network may consist of: one struct per op, closed set, joined in the variant Op.
//
// Each struct lists its attributes once, in visit(); text form, equality, fuzzing and `genga inspect` follow from that.
// What an op does to shapes, reach, weights and cost is in src/ir/ops.cpp; how it is computed is in
// src/ref, src/engine and src/torchnet. Adding an alternative to Op makes the compiler name every missing place.
// Tensors are [N,C,H,W]. Attribute and type names are stored in model files (docs/formats/model_file.md): do not rename.
#pragma once

#include <array>
#include <string_view>
#include <variant>

namespace genga::ir {

enum class PadMode { kZero, kReflect, kReplicate };                                   // stored by name
enum class ActivationKind { kRelu, kLeakyRelu, kTanh, kSigmoid };                     // stored by name
enum class UpsampleMode { kNearest, kAsymmetric, kHalfPixel, kAlignCorners };         // stored by name

using Pad = std::array<int, 4>;  // top, left, bottom, right; in pixels of the op's source

/// The network's only source. height/width 0: any size.
struct Input {
  static constexpr std::string_view kType = "Input";
  int channels = 3;
  int height = 0;
  int width = 0;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("channels", s.channels); v("height", s.height); v("width", s.width); }
};

/// Cross-correlation. dst H = (H + top + bottom - kernel) / stride + 1.
/// Weights: `weight` [out, C/groups, kernel, kernel], `bias` [out].
struct Conv2d {
  static constexpr std::string_view kType = "Conv2d";
  int out = 0;
  int kernel = 3;
  int stride = 1;
  Pad pad{};
  PadMode pad_mode = PadMode::kZero;
  int groups = 1;
  bool bias = true;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("out", s.out); v("kernel", s.kernel); v("stride", s.stride); v("pad", s.pad);
    v("pad_mode", s.pad_mode); v("groups", s.groups); v("bias", s.bias);
  }
};

/// Transposed convolution. dst H = (H - 1) * stride - 2 * pad + kernel + output_pad (PyTorch's meaning).
/// Weights: `weight` [C, out, kernel, kernel], `bias` [out].
struct ConvTranspose2d {
  static constexpr std::string_view kType = "ConvTranspose2d";
  int out = 0;
  int kernel = 4;
  int stride = 2;
  int pad = 1;
  int output_pad = 0;
  bool bias = true;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("out", s.out); v("kernel", s.kernel); v("stride", s.stride); v("pad", s.pad);
    v("output_pad", s.output_pad); v("bias", s.bias);
  }
};

/// Fully connected over the flattened C*H*W (C slowest, as PyTorch's flatten). dst [N,out,1,1].
/// Weights: `weight` [out, C*H*W], `bias` [out]. Reach: whole image.
struct Linear {
  static constexpr std::string_view kType = "Linear";
  int out = 0;
  bool bias = true;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("out", s.out); v("bias", s.bias); }
};

/// Same elements in the same order, other shape. Reach: whole image.
struct Reshape {
  static constexpr std::string_view kType = "Reshape";
  int channels = 0;
  int height = 0;
  int width = 0;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("channels", s.channels); v("height", s.height); v("width", s.width); }
};

/// y = (x - running_mean) / sqrt(running_var + eps) * weight + bias, per channel: stored statistics, so local.
/// (The trainer uses batch statistics while training.) Weights [C]: `weight`, `bias`, `running_mean`, `running_var`.
struct BatchNorm {
  static constexpr std::string_view kType = "BatchNorm";
  float eps = 1e-5F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("eps", s.eps); }
};

/// Mean and biased variance over H,W per image and channel. Weights [C] if affine: `weight`, `bias`. Reach: whole image.
struct InstanceNorm {
  static constexpr std::string_view kType = "InstanceNorm";
  float eps = 1e-5F;
  bool affine = true;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("eps", s.eps); v("affine", s.affine); }
};

/// Mean and biased variance over C,H,W together per image (one-group GroupNorm; algorithms.md T2).
/// Weights [C]: `weight`, `bias`. Reach: whole image.
struct LayerNorm {
  static constexpr std::string_view kType = "LayerNorm";
  float eps = 1e-5F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("eps", s.eps); }
};

/// Element-wise non-linearity. slope is used by leaky_relu only.
struct Activation {
  static constexpr std::string_view kType = "Activation";
  ActivationKind kind = ActivationKind::kRelu;
  float slope = 0.2F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("kind", s.kind); v("slope", s.slope); }
};

/// Sum of two or more tensors of one shape.
struct Add {
  static constexpr std::string_view kType = "Add";
  template <class Self, class V>
  static void visit(Self&, V&&) {}
};

/// Joins two or more tensors along C.
struct Concat {
  static constexpr std::string_view kType = "Concat";
  template <class Self, class V>
  static void visit(Self&, V&&) {}
};

/// y = x * scale + offset, with constants of the graph (not trained).
struct Affine {
  static constexpr std::string_view kType = "Affine";
  float scale = 1;
  float offset = 0;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("scale", s.scale); v("offset", s.offset); }
};

/// Enlarges H and W by an integer factor. The bilinear modes differ in where samples lie (algorithms.md T1):
/// asymmetric src = dst/f; half_pixel src = (dst+.5)/f-.5, clamped at 0; align_corners src = dst*(H-1)/(f*H-1), which
/// depends on the picture's size: reach is the whole image.
struct Upsample {
  static constexpr std::string_view kType = "Upsample";
  int factor = 2;
  UpsampleMode mode = UpsampleMode::kNearest;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("factor", s.factor); v("mode", s.mode); }
};

/// [N,C*f*f,H,W] -> [N,C,H*f,W*f]; channel c*f*f + dy*f + dx goes to offset (dy,dx) (PyTorch's order).
struct PixelShuffle {
  static constexpr std::string_view kType = "PixelShuffle";
  int factor = 2;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("factor", s.factor); }
};

/// Inverse of PixelShuffle. H and W must be multiples of factor.
struct PixelUnshuffle {
  static constexpr std::string_view kType = "PixelUnshuffle";
  int factor = 2;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("factor", s.factor); }
};

/// Edge-preserving filter of source 1 guided by source 0, per channel; windows of 2*radius+1 clipped at borders and
/// divided by their true count. Source: He et al. 2010; algorithms.md 1.6.
struct GuidedFilter {
  static constexpr std::string_view kType = "GuidedFilter";
  int radius = 1;
  float eps = 5e-3F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) { v("radius", s.radius); v("eps", s.eps); }
};

using Op = std::variant<Input, Conv2d, ConvTranspose2d, Linear, Reshape, BatchNorm, InstanceNorm, LayerNorm, Activation,
                        Add, Concat, Affine, Upsample, PixelShuffle, PixelUnshuffle, GuidedFilter>;

/// For std::visit with one lambda per alternative.
template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

}  // namespace genga::ir
