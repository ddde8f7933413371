// The operations a network may consist of: one struct per op, closed set, joined in the variant Op.
//
// Each struct lists its attributes once, in visit(); text form, equality, fuzzing and `genga inspect` follow from that.
// What an op does to shapes is in src/ir/op_shapes.cpp, its weights and cost in ops.cpp, how far it looks in
// op_receptive_field.cpp; how it is computed in src/ref, src/engine and src/torchnet. Adding an alternative to Op makes
// the compiler name every missing place.
// Tensors are [N,C,H,W]. Attribute and type names are stored in model files (docs/formats/model_file.md): do not
// rename.
#pragma once

#include <array>
#include <string_view>
#include <variant>

namespace genga::ir {

enum class PadMode { kZero, kReflect, kReplicate };                            // stored by name
enum class ActivationKind { kRelu, kLeakyRelu, kTanh, kSigmoid };              // stored by name
enum class UpsampleMode { kNearest, kAsymmetric, kHalfPixel, kAlignCorners };  // stored by name
enum class PoolKind { kMax, kAverage };                                        // stored by name

using Pad = std::array<int, 4>;  // top, left, bottom, right; in pixels of the op's source

/// The network's only source. height, width: pixels; 0: any size.
struct Input {
  static constexpr std::string_view kType = "Input";
  int channels = 3;
  int height = 0;
  int width = 0;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("channels", s.channels);
    v("height", s.height);
    v("width", s.width);
  }
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
    v("out", s.out);
    v("kernel", s.kernel);
    v("stride", s.stride);
    v("pad", s.pad);
    v("pad_mode", s.pad_mode);
    v("groups", s.groups);
    v("bias", s.bias);
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
    v("out", s.out);
    v("kernel", s.kernel);
    v("stride", s.stride);
    v("pad", s.pad);
    v("output_pad", s.output_pad);
    v("bias", s.bias);
  }
};

/// Fully connected over the flattened C*H*W (C slowest, as PyTorch's flatten). dst [N,out,1,1].
/// Weights: `weight` [out, C*H*W], `bias` [out]. Receptive field: the whole image.
struct Linear {
  static constexpr std::string_view kType = "Linear";
  int out = 0;
  bool bias = true;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("out", s.out);
    v("bias", s.bias);
  }
};

/// Same elements in the same order, other shape. Receptive field: the whole image.
struct Reshape {
  static constexpr std::string_view kType = "Reshape";
  int channels = 0;
  int height = 0;
  int width = 0;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("channels", s.channels);
    v("height", s.height);
    v("width", s.width);
  }
};

/// y = (x - running_mean) / sqrt(running_var + eps) * weight + bias, per channel: stored statistics, so local.
/// (The trainer uses batch statistics while training.) Weights [C]: `weight`, `bias`, `running_mean`, `running_var`.
struct BatchNorm {
  static constexpr std::string_view kType = "BatchNorm";
  float eps = 1e-5F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("eps", s.eps);
  }
};

/// Mean and biased variance over H,W per image and channel. Weights [C] if affine: `weight`, `bias`. Receptive field:
/// the whole image.
struct InstanceNorm {
  static constexpr std::string_view kType = "InstanceNorm";
  float eps = 1e-5F;
  bool affine = true;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("eps", s.eps);
    v("affine", s.affine);
  }
};

/// Mean and biased variance over C,H,W together per image (one-group GroupNorm; algorithms.md T2).
/// Weights [C]: `weight`, `bias`. Receptive field: the whole image.
struct LayerNorm {
  static constexpr std::string_view kType = "LayerNorm";
  float eps = 1e-5F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("eps", s.eps);
  }
};

/// Element-wise non-linearity. slope is used by leaky_relu only.
struct Activation {
  static constexpr std::string_view kType = "Activation";
  ActivationKind kind = ActivationKind::kRelu;
  float slope = 0.2F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("kind", s.kind);
    v("slope", s.slope);
  }
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
  static void visit(Self& s, V&& v) {
    v("scale", s.scale);
    v("offset", s.offset);
  }
};

/// Enlarges H and W by an integer factor. The bilinear modes differ in where samples lie (algorithms.md T1):
/// asymmetric src = dst/f; half_pixel src = (dst+.5)/f-.5, clamped at 0; align_corners src = dst*(H-1)/(f*H-1), which
/// depends on the image's size, so its receptive field counts as the whole image.
struct Upsample {
  static constexpr std::string_view kType = "Upsample";
  int factor = 2;
  UpsampleMode mode = UpsampleMode::kNearest;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("factor", s.factor);
    v("mode", s.mode);
  }
};

/// [N,C*f*f,H,W] -> [N,C,H*f,W*f]; channel c*f*f + dy*f + dx goes to offset (dy,dx) (PyTorch's order).
struct PixelShuffle {
  static constexpr std::string_view kType = "PixelShuffle";
  int factor = 2;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("factor", s.factor);
  }
};

/// Inverse of PixelShuffle. H and W must be multiples of factor.
struct PixelUnshuffle {
  static constexpr std::string_view kType = "PixelUnshuffle";
  int factor = 2;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("factor", s.factor);
  }
};

/// Edge-preserving filter of source 1 guided by source 0, per channel; windows of 2*radius+1 clipped at borders and
/// divided by their true count. Source: He et al. 2010; algorithms.md 1.6.
struct GuidedFilter {
  static constexpr std::string_view kType = "GuidedFilter";
  int radius = 1;
  float eps = 5e-3F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("radius", s.radius);
    v("eps", s.eps);
  }
};

/// Largest or mean value of each window. dst H = (H + 2 pad - kernel) / stride + 1, rounded up with ceil_mode (then a
/// last window that would begin in the padding is left out: PyTorch's rule). Padding never counts: not as a value, not
/// in the mean's divisor. kernel 1 with stride 2 takes every other pixel (TensorFlow's bilinear halving, algorithms.md
/// T1).
struct Pool2d {
  static constexpr std::string_view kType = "Pool2d";
  PoolKind kind = PoolKind::kMax;
  int kernel = 2;
  int stride = 2;
  int pad = 0;
  bool ceil_mode = false;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("kind", s.kind);
    v("kernel", s.kernel);
    v("stride", s.stride);
    v("pad", s.pad);
    v("ceil_mode", s.ceil_mode);
  }
};

/// [N,C,H,W] -> [N,C,1,1]: largest or mean value of each channel. Receptive field: the whole image.
struct GlobalPool {
  static constexpr std::string_view kType = "GlobalPool";
  PoolKind kind = PoolKind::kAverage;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("kind", s.kind);
  }
};

/// y = x * weight, per channel; a class activation map of U-GAT-IT (arXiv 1907.10830, section 2.1.1). Weights [C]:
/// `weight`.
struct ChannelScale {
  static constexpr std::string_view kType = "ChannelScale";
  template <class Self, class V>
  static void visit(Self&, V&&) {}
};

/// Low-pass before subsampling: [1,2,1] x [1,2,1] / 16 per channel, mirrored border of 1 pixel, then every stride-th
/// pixel from 0. dst H = (H - 1) / stride + 1. Source: Zhang 2019, arXiv 1904.11486; CUT's generator.
struct Blur {
  static constexpr std::string_view kType = "Blur";
  int stride = 2;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("stride", s.stride);
  }
};

/// Linearly adaptive denormalization (AnimeGANv3; algorithms.md 7.1): source 0 normalized per image and channel, then
/// given the spatial mean and biased variance of source 1 (a 1x1 convolution of it, same shape):
/// y = (x - mean(x)) / sqrt(var(x) + eps) * sqrt(var(t) + eps) + mean(t). Receptive field: the whole image.
struct Lade {
  static constexpr std::string_view kType = "LADE";
  float eps = 1e-5F;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("eps", s.eps);
  }
};

/// Layer-instance norm (U-GAT-IT, equation 1): y = (rho*IN(x) + (1-rho)*LN(x)) * weight + bias. unbiased: both
/// variances are divided by their count less one (algorithms.md T10). Weights [C]: `rho` in [0,1], `weight`, `bias`.
/// Receptive field: the whole image.
struct Lin {
  static constexpr std::string_view kType = "LIN";
  float eps = 1e-5F;
  bool unbiased = true;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("eps", s.eps);
    v("unbiased", s.unbiased);
  }
};

/// LIN whose scale and shift are sources: 0 is x [N,C,H,W], 1 gamma and 2 beta [N,C,1,1]. Weights [C]: `rho` in [0,1].
/// Receptive field: the whole image.
struct AdaLin {
  static constexpr std::string_view kType = "AdaLIN";
  float eps = 1e-5F;
  bool unbiased = true;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("eps", s.eps);
    v("unbiased", s.unbiased);
  }
};

/// Attention to a learnt memory (AnimeGANv3; algorithms.md 7.2; Guo et al. 2021, arXiv 2105.02358). With x as P pixels
/// by C: A = softmax over pixels of x M; each pixel's row divided by (1e-9 + its sum); y = A M^T. Same shape as x.
/// stored: the logarithms of the softmax's sums are weights, A = exp(x M - log_sum) before the rows are divided; so
/// local. Weights: `weight` M [C, memory]; if stored `log_sum` [memory]. Receptive field: the whole image, unless
/// stored.
struct ExternalAttention {
  static constexpr std::string_view kType = "ExternalAttention";
  int memory = 128;
  bool stored = false;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("memory", s.memory);
    v("stored", s.stored);
  }
};

/// A point of a learnt mixture of Gaussians (DeLiGAN, arXiv 1706.02071, equation 3). src [N,D+components,1,1]: D
/// standard normal numbers e, then weights w that choose a component (one-hot; blends interpolate): y = sum_k w_k
/// mean_k + e * sum_k w_k deviation_k, [N,D,1,1]. Weights [components, D]: `mean`, `deviation`.
struct GaussianMixture {
  static constexpr std::string_view kType = "GaussianMixture";
  int components = 50;
  template <class Self, class V>
  static void visit(Self& s, V&& v) {
    v("components", s.components);
  }
};

using Op = std::variant<Input, Conv2d, ConvTranspose2d, Linear, Reshape, BatchNorm, InstanceNorm, LayerNorm, Activation,
                        Add, Concat, Affine, Upsample, PixelShuffle, PixelUnshuffle, GuidedFilter, Pool2d, GlobalPool,
                        ChannelScale, Blur, Lade, Lin, AdaLin, ExternalAttention, GaussianMixture>;

}  // namespace genga::ir
