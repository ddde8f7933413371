// Rows of one op, and what all rows share: weights, inputs, the measure of error.

#include "parity/op_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <ostream>
#include <random>

#include "genga/transform.h"

namespace genga::parity {
namespace {

using enum ir::PadMode;
using enum ir::UpsampleMode;
using enum ir::ActivationKind;
using enum ir::PoolKind;

// Each bound is at most 4x the largest error seen among its rows, by engine (SSE4.1, AVX2, AVX-512) and torch.
constexpr double kExact = 0;          // values are moved, not computed
constexpr double kRounding = 6e-7;    // a few roundings per value; seen 1.8e-7
constexpr double kSums = 1.8e-6;      // sums of up to some 150 products; seen 4.8e-7
constexpr double kLongSums = 4e-6;    // up to 1600 products; seen 1.1e-6
constexpr double kWinograd = 2.4e-5;  // many channels: the engine's Winograd trades digits for products; seen 6.9e-6

class Uniform {
 public:
  explicit Uniform(std::uint64_t seed) : bits_(seed) {}
  float next(float low, float high) {
    return low + (high - low) * static_cast<float>(static_cast<double>(bits_() >> 11U) * 0x1.0p-53);
  }

 private:
  std::mt19937_64 bits_;
};

/// A graph of one op whose sources are the input, `n_src` times.
Case one(std::string name, const ir::Shape& input, const ir::Op& op, double tolerance, int n_src = 1) {
  Case c{.name = std::move(name), .graph = {}, .input = input, .tolerance = tolerance};
  const ir::NodeId x = c.graph.add("x", ir::Input{.channels = static_cast<int>(input.c)});
  c.graph.set_output(c.graph.add("op", op, std::vector<ir::NodeId>(static_cast<std::size_t>(n_src), x)));
  return c;
}

/// Same, with an Input of fixed size, which ops over the whole image need.
Case one_fixed(std::string name, const ir::Shape& input, const ir::Op& op, double tolerance) {
  Case c{.name = std::move(name), .graph = {}, .input = input, .tolerance = tolerance};
  const ir::NodeId x = c.graph.add("x", ir::Input{.channels = static_cast<int>(input.c),
                                                  .height = static_cast<int>(input.h),
                                                  .width = static_cast<int>(input.w)});
  c.graph.set_output(c.graph.add("op", op, {x}));
  return c;
}

void add_convolutions(std::vector<Case>& t) {
  const ir::Shape odd{1, 3, 13, 17};
  t.push_back(one("conv1", {1, 5, 9, 7}, ir::Conv2d{.out = 7, .kernel = 1}, kSums));
  t.push_back(one("conv1_wide", {1, 64, 8, 8}, ir::Conv2d{.out = 48, .kernel = 1, .bias = false}, kSums));
  t.push_back(one("conv3", odd, ir::Conv2d{.out = 5, .pad = {1, 1, 1, 1}}, kSums));
  t.push_back(one("conv3_no_bias", odd, ir::Conv2d{.out = 8, .pad = {1, 1, 1, 1}, .bias = false}, kSums));
  t.push_back(one("conv3_valid", odd, ir::Conv2d{.out = 16}, kSums));
  t.push_back(one("conv3_odd_channels", {1, 17, 11, 10}, ir::Conv2d{.out = 33, .pad = {1, 1, 1, 1}}, kWinograd));
  t.push_back(one("conv3_many_channels_reflect", {1, 48, 13, 9},
                  ir::Conv2d{.out = 40, .pad = {1, 1, 1, 1}, .pad_mode = kReflect, .bias = false}, kWinograd));
  t.push_back(one("conv3_many_channels_uneven", {1, 33, 6, 11},
                  ir::Conv2d{.out = 17, .pad = {2, 0, 1, 3}, .pad_mode = kReplicate}, kWinograd));
  t.push_back(one("conv3_many_channels_valid", {1, 64, 7, 5}, ir::Conv2d{.out = 32}, kWinograd));
  t.push_back(
      one("conv3_many_channels_one_pixel", {1, 64, 1, 1}, ir::Conv2d{.out = 32, .pad = {1, 1, 1, 1}}, kWinograd));
  t.push_back(one("conv3_blocked", {1, 32, 12, 20}, ir::Conv2d{.out = 64, .pad = {1, 1, 1, 1}}, kWinograd));
  t.push_back(one("conv7_many_channels_reflect", {1, 32, 19, 14},
                  ir::Conv2d{.out = 40, .kernel = 7, .pad = {3, 3, 3, 3}, .pad_mode = kReflect}, kWinograd));
  t.push_back(one("conv6_many_channels_wide", {1, 48, 9, 61}, ir::Conv2d{.out = 17, .kernel = 6, .pad = {2, 2, 3, 3}},
                  kWinograd));
  t.push_back(one("conv8_many_channels_uneven", {1, 20, 11, 13},
                  ir::Conv2d{.out = 33, .kernel = 8, .pad = {4, 3, 0, 1}, .bias = false}, kWinograd));
  t.push_back(one("conv6_many_channels_one_pixel", {1, 64, 1, 1},
                  ir::Conv2d{.out = 32, .kernel = 6, .pad = {3, 3, 2, 2}}, kWinograd));
  t.push_back(one("conv3_narrow_replicate", {1, 20, 5, 2},
                  ir::Conv2d{.out = 4, .pad = {1, 1, 1, 1}, .pad_mode = kReplicate}, kSums));
  t.push_back(
      one("conv5_narrow_uneven", {1, 12, 7, 30}, ir::Conv2d{.out = 2, .kernel = 5, .pad = {1, 4, 2, 0}}, kLongSums));
  t.push_back(
      one("conv7_narrow_one_pixel", {1, 33, 1, 1}, ir::Conv2d{.out = 1, .kernel = 7, .pad = {3, 3, 3, 3}}, kSums));
  t.push_back(one("conv3_reflect", odd, ir::Conv2d{.out = 16, .pad = {1, 1, 1, 1}, .pad_mode = kReflect}, kSums));
  t.push_back(one("conv3_replicate", odd, ir::Conv2d{.out = 16, .pad = {1, 1, 1, 1}, .pad_mode = kReplicate}, kSums));
  t.push_back(
      one("conv7_reflect", odd, ir::Conv2d{.out = 8, .kernel = 7, .pad = {3, 3, 3, 3}, .pad_mode = kReflect}, kSums));
  t.push_back(one("conv7_zero", {1, 32, 9, 9}, ir::Conv2d{.out = 3, .kernel = 7, .pad = {3, 3, 3, 3}}, kLongSums));
  t.push_back(one("conv3_s2_even", {1, 8, 12, 18},
                  ir::Conv2d{.out = 16, .stride = 2, .pad = {0, 0, 1, 1}, .pad_mode = kReflect}, kSums));
  // Sources of which the last block of 16 channels is not whole.
  t.push_back(
      one("conv3_s2_24_to_40", {1, 24, 12, 18}, ir::Conv2d{.out = 40, .stride = 2, .pad = {1, 1, 1, 1}}, kSums));
  t.push_back(
      one("conv5_36_to_20", {1, 36, 9, 10}, ir::Conv2d{.out = 20, .kernel = 5, .pad = {2, 2, 2, 2}}, kLongSums));
  t.push_back(one("conv3_s2_same", {1, 8, 12, 18}, ir::Conv2d{.out = 16, .stride = 2, .pad = {0, 0, 1, 1}}, kSums));
  t.push_back(one("conv3_s2_top_left", odd, ir::Conv2d{.out = 16, .stride = 2, .pad = {1, 1, 0, 0}}, kSums));
  t.push_back(
      one("conv4_s2", {1, 3, 16, 12}, ir::Conv2d{.out = 16, .kernel = 4, .stride = 2, .pad = {1, 1, 1, 1}}, kSums));
  t.push_back(one("conv5_s3", odd, ir::Conv2d{.out = 6, .kernel = 5, .stride = 3, .pad = {2, 2, 2, 2}}, kSums));
  t.push_back(one("conv2", odd, ir::Conv2d{.out = 4, .kernel = 2, .pad = {0, 0, 1, 1}}, kSums));
  t.push_back(one("conv5_uneven_replicate", odd,
                  ir::Conv2d{.out = 4, .kernel = 5, .pad = {2, 0, 1, 4}, .pad_mode = kReplicate}, kSums));
  t.push_back(one("conv5_uneven_reflect", odd,
                  ir::Conv2d{.out = 4, .kernel = 5, .pad = {4, 1, 0, 2}, .pad_mode = kReflect}, kSums));
  t.push_back(one("conv3_groups", {1, 12, 9, 9}, ir::Conv2d{.out = 18, .pad = {1, 1, 1, 1}, .groups = 3}, kSums));
  t.push_back(one("depthwise3_reflect", {1, 24, 10, 11},
                  ir::Conv2d{.out = 24, .pad = {1, 1, 1, 1}, .pad_mode = kReflect, .groups = 24}, kSums));
  t.push_back(one("depthwise3_s2_multiplied", {1, 8, 12, 12},
                  ir::Conv2d{.out = 16, .stride = 2, .pad = {0, 0, 1, 1}, .groups = 8, .bias = false}, kSums));
  t.push_back(one("conv3_one_pixel", {1, 16, 1, 1}, ir::Conv2d{.out = 16, .pad = {1, 1, 1, 1}}, kSums));
}

void add_dense(std::vector<Case>& t) {
  t.push_back(one("up_k4_s2", {1, 8, 7, 5}, ir::ConvTranspose2d{.out = 12}, kSums));
  t.push_back(one("up_k3_s2", {1, 8, 7, 5}, ir::ConvTranspose2d{.out = 16, .kernel = 3, .output_pad = 1}, kSums));
  t.push_back(one("up_k4_s1", {1, 20, 1, 1},
                  ir::ConvTranspose2d{.out = 16, .kernel = 4, .stride = 1, .pad = 0, .bias = false}, kSums));
  t.push_back(one("up_k2_s2", {1, 3, 5, 6}, ir::ConvTranspose2d{.out = 5, .kernel = 2, .pad = 0}, kSums));
  t.push_back(
      one("up_k5_s2", {1, 4, 6, 5}, ir::ConvTranspose2d{.out = 7, .kernel = 5, .pad = 2, .output_pad = 1}, kSums));
  t.push_back(one_fixed("linear", {1, 6, 3, 5}, ir::Linear{.out = 11}, kSums));
  t.push_back(one_fixed("linear_no_bias", {1, 40, 1, 1}, ir::Linear{.out = 32, .bias = false}, kSums));
  t.push_back(one_fixed("reshape", {1, 12, 1, 10}, ir::Reshape{.channels = 3, .height = 8, .width = 5}, kExact));
}

void add_norms(std::vector<Case>& t) {
  t.push_back(one("batch_norm", {1, 19, 7, 9}, ir::BatchNorm{}, kRounding));
  t.push_back(one("batch_norm_eps", {1, 16, 7, 9}, ir::BatchNorm{.eps = 0.1F}, kRounding));
  t.push_back(one("instance_norm", {1, 19, 7, 9}, ir::InstanceNorm{}, kRounding));
  t.push_back(one("instance_norm_plain", {1, 32, 11, 13}, ir::InstanceNorm{.eps = 1e-9F, .affine = false}, kRounding));
  t.push_back(one("instance_norm_large", {1, 4, 61, 67}, ir::InstanceNorm{}, kRounding));
  t.push_back(one("layer_norm", {1, 19, 7, 9}, ir::LayerNorm{}, kRounding));
  t.push_back(one("layer_norm_large", {1, 32, 31, 37}, ir::LayerNorm{.eps = 1e-12F}, kRounding));
}

/// Norms with a second source. Their rows are graphs: fed with x itself, LADE would give x back.
void add_adaptive_norms(std::vector<Case>& t) {
  t.push_back(one("lin", {1, 19, 7, 9}, ir::Lin{}, kRounding));
  t.push_back(one("lin_biased", {1, 16, 4, 5}, ir::Lin{.eps = 0.1F, .unbiased = false}, kRounding));
  const auto start = [&](const char* name, const ir::Shape& input) -> ir::Graph& {
    t.push_back({.name = name, .graph = {}, .input = input, .tolerance = kSums});
    t.back().graph.add("x", ir::Input{.channels = static_cast<int>(input.c)});
    return t.back().graph;
  };
  for (const auto& [name, channels, eps] : {std::tuple{"lade", 19, 1e-5F}, std::tuple{"lade_eps", 32, 0.1F}}) {
    ir::Graph& g = start(name, {1, channels, 7, 9});
    const ir::NodeId target = g.add("target", ir::Conv2d{.out = channels, .kernel = 1, .bias = false}, {0});
    g.set_output(g.add("op", ir::Lade{.eps = eps}, {0, target}));
  }
  for (const auto& [name, unbiased] : {std::pair{"ada_lin", true}, std::pair{"ada_lin_biased", false}}) {
    ir::Graph& g = start(name, {1, 19, 7, 5});
    const ir::NodeId pool = g.add("pool", ir::GlobalPool{}, {0});
    const ir::NodeId gamma = g.add("gamma", ir::Linear{.out = 19}, {pool});
    const ir::NodeId beta = g.add("beta", ir::Linear{.out = 19, .bias = false}, {pool});
    g.set_output(g.add("op", ir::AdaLin{.unbiased = unbiased}, {0, gamma, beta}));
  }
}

void add_pools(std::vector<Case>& t) {
  const ir::Shape odd{1, 19, 7, 9};
  t.push_back(one("max_pool2", odd, ir::Pool2d{}, kExact));
  t.push_back(one("max_pool3_s2_pad", odd, ir::Pool2d{.kernel = 3, .pad = 1}, kExact));
  t.push_back(one("max_pool3_s2_ceil", {1, 16, 8, 6}, ir::Pool2d{.kernel = 3, .ceil_mode = true}, kExact));
  t.push_back(one("max_pool2_pad_ceil", odd, ir::Pool2d{.pad = 1, .ceil_mode = true}, kExact));
  t.push_back(one("max_pool3_s1", odd, ir::Pool2d{.kernel = 3, .stride = 1, .pad = 1}, kExact));
  t.push_back(one("average_pool2", odd, ir::Pool2d{.kind = kAverage}, kRounding));
  t.push_back(one("average_pool3_s2_pad", odd, ir::Pool2d{.kind = kAverage, .kernel = 3, .pad = 1}, kRounding));
  t.push_back(one("average_pool3_s2_ceil", {1, 8, 8, 6}, ir::Pool2d{.kind = kAverage, .kernel = 3, .ceil_mode = true},
                  kRounding));
  t.push_back(
      one("average_pool5_s1", odd, ir::Pool2d{.kind = kAverage, .kernel = 5, .stride = 1, .pad = 2}, kRounding));
  t.push_back(one("every_other_pixel", odd, ir::Pool2d{.kind = kAverage, .kernel = 1}, kExact));
  t.push_back(one("every_third_pixel", {1, 3, 8, 12}, ir::Pool2d{.kernel = 1, .stride = 3, .ceil_mode = true}, kExact));
  t.push_back(one("global_average", odd, ir::GlobalPool{.kind = kAverage}, kSums));
  t.push_back(one("global_max", odd, ir::GlobalPool{.kind = kMax}, kExact));
  t.push_back(one("blur", odd, ir::Blur{.stride = 1}, kRounding));
  t.push_back(one("blur_s2", odd, ir::Blur{}, kRounding));
  t.push_back(one("blur_s2_even", {1, 16, 6, 8}, ir::Blur{}, kRounding));
  t.push_back(one("blur_s3", {1, 3, 8, 2}, ir::Blur{.stride = 3}, kRounding));
}

void add_attention(std::vector<Case>& t) {
  t.push_back(one("attention", {1, 19, 7, 9}, ir::ExternalAttention{.memory = 5}, kSums));
  t.push_back(one("attention_wide", {1, 16, 5, 6}, ir::ExternalAttention{.memory = 40}, kSums));
  t.push_back(one("attention_stored", {1, 19, 7, 9}, ir::ExternalAttention{.memory = 21, .stored = true}, kSums));
  t.push_back(one("channel_scale", {1, 19, 7, 9}, ir::ChannelScale{}, kRounding));
  t.push_back(one_fixed("mixture", {1, 26, 1, 1}, ir::GaussianMixture{.components = 7}, kSums));
  t.push_back(one_fixed("mixture_of_one", {1, 5, 1, 1}, ir::GaussianMixture{.components = 1}, kRounding));
}

void add_pointwise(std::vector<Case>& t) {
  const ir::Shape odd{1, 19, 7, 9};
  t.push_back(one("relu", odd, ir::Activation{.kind = kRelu}, kExact));
  t.push_back(one("leaky_relu", odd, ir::Activation{.kind = kLeakyRelu, .slope = 0.2F}, kRounding));
  t.push_back(one("leaky_relu_flat", odd, ir::Activation{.kind = kLeakyRelu, .slope = 0.01F}, kRounding));
  t.push_back(one("tanh", odd, ir::Activation{.kind = kTanh}, kRounding));
  t.push_back(one("sigmoid", odd, ir::Activation{.kind = kSigmoid}, kRounding));
  t.push_back(one("add_twice", odd, ir::Add{}, kRounding, 2));
  t.push_back(one("add_five", odd, ir::Add{}, kRounding, 5));
  t.push_back(one("concat_twice", odd, ir::Concat{}, kExact, 2));
  t.push_back(one("concat_three", {1, 16, 5, 6}, ir::Concat{}, kExact, 3));
  t.push_back(one("affine", odd, ir::Affine{.scale = -127.5F, .offset = 127.5F}, kRounding));
}

void add_resampling(std::vector<Case>& t) {
  for (const int factor : {2, 3}) {
    const auto up = [&](const char* mode_name, ir::UpsampleMode mode) {
      t.push_back(one(fmt::format("upsample{}_{}", factor, mode_name), {1, 19, 7, 5},
                      ir::Upsample{.factor = factor, .mode = mode}, mode == kNearest ? kExact : kSums));
      t.push_back(one(fmt::format("upsample{}_{}_one_pixel", factor, mode_name), {1, 8, 1, 1},
                      ir::Upsample{.factor = factor, .mode = mode}, mode == kNearest ? kExact : kSums));
    };
    up("nearest", kNearest);
    up("asymmetric", kAsymmetric);
    up("half_pixel", kHalfPixel);
    up("align_corners", kAlignCorners);
    const int f2 = factor * factor;
    t.push_back(
        one(fmt::format("pixel_shuffle{}", factor), {1, 3 * f2, 5, 7}, ir::PixelShuffle{.factor = factor}, kExact));
    t.push_back(one(fmt::format("pixel_unshuffle{}", factor), {1, 3, 5 * factor, 7 * factor},
                    ir::PixelUnshuffle{.factor = factor}, kExact));
  }
  t.push_back(one("guided_filter", {1, 3, 15, 17}, ir::GuidedFilter{}, kSums, 2));
  t.push_back(one("guided_filter_wide", {1, 3, 15, 17}, ir::GuidedFilter{.radius = 4, .eps = 0.2F}, kSums, 2));
  t.push_back(one("guided_filter_beyond", {1, 2, 5, 3}, ir::GuidedFilter{.radius = 6, .eps = 0.01F}, kSums, 2));
}

std::vector<Case> make_op_cases() {
  std::vector<Case> table;
  add_convolutions(table);
  add_dense(table);
  add_norms(table);
  add_adaptive_norms(table);
  add_pools(table);
  add_attention(table);
  add_pointwise(table);
  add_resampling(table);
  return table;
}

}  // namespace

const std::vector<Case>& op_cases() {
  static const std::vector<Case> table = make_op_cases();
  return table;
}

std::vector<Case> all_cases() {
  std::vector<Case> all = op_cases();
  all.insert(all.end(), pattern_cases().begin(), pattern_cases().end());
  all.insert(all.end(), model_cases().begin(), model_cases().end());
  return all;
}

weights::TensorMap case_weights(const ir::Graph& graph, std::uint64_t seed) {
  weights::TensorMap tensors = transform::random_weights(graph, seed);
  Uniform uniform(seed);
  for (auto& [name, tensor] : tensors) {
    const bool deviation = name.ends_with(".deviation");
    if (tensor.dims.size() != 1 && !deviation) continue;  // convolution and linear weights are random already
    const bool scale = deviation || name.ends_with(".weight") || name.ends_with(".running_var");
    const float low = scale ? 0.5F : name.ends_with(".rho") ? 0.F : -0.5F;
    std::vector<float> values(static_cast<std::size_t>(tensor.size()));
    for (float& value : values) value = uniform.next(low, low + 1);
    tensor = weights::make_tensor(tensor.dims, std::move(values));
  }
  return tensors;
}

weights::Model case_model(const Case& c) {
  return {.graph = c.graph, .tensors = case_weights(c.graph, c.seed), .card = {}, .sha256 = {}, .extra = {}};
}

ref::Array case_input(const ir::Shape& shape, std::uint64_t seed) {
  ref::Array array{shape, {}};
  Uniform uniform(seed + 1000);
  for (std::int64_t i = 0; i < shape.size(); ++i) {
    const float size = uniform.next(0.1F, 1.0F);
    array.values.push_back(uniform.next(0, 1) < 0.5F ? -size : size);
  }
  return array;
}

double relative_error(const std::vector<float>& expected, const std::vector<float>& actual, double min_peak) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  if (expected.size() != actual.size()) return kInfinite;
  double peak = min_peak;
  double difference = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!std::isfinite(expected[i]) || !std::isfinite(actual[i])) return kInfinite;
    peak = std::max(peak, std::abs(static_cast<double>(expected[i])));
    difference = std::max(difference, std::abs(static_cast<double>(expected[i]) - static_cast<double>(actual[i])));
  }
  return difference / peak;
}

void PrintTo(const Case& c, std::ostream* stream) {
  *stream << c.name;
}

void print_error(const std::string& who, const Case& c, double error, double tolerance) {
  if (std::getenv("GENGA_PARITY_PRINT") == nullptr) return;
  fmt::print("parity {:<14} {:<32} error {:.2e} tolerance {:.2e}\n", who, c.name, error, tolerance);
  std::fflush(stdout);
}

}  // namespace genga::parity
