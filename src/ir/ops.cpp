// Each op's number of sources, ranges of attributes, weights and multiply-adds. Shapes are in op_shapes.cpp.

#include <algorithm>
#include <limits>

#include "genga/error.h"
#include "genga/overloaded.h"
#include "ir/op_rules.h"

namespace genga::ir {
namespace {

constexpr int kMaxChannels = 1 << 20;
constexpr int kMaxKernel = 1 << 10;

void require_range(const char* name, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high) {
    fail(ErrorCode::kInvalidArgument, "{} is {}, expected {} to {}", name, value, low, high);
  }
}

void require_multiple(const char* what, std::int64_t value, std::int64_t factor) {
  if (value % factor != 0) {
    fail(ErrorCode::kInvalidArgument, "{} is {}, expected a multiple of {}", what, value, factor);
  }
}

/// Of one image; 0: the side follows the image.
void require_elements(std::int64_t channels, std::int64_t height, std::int64_t width) {
  const Shape shape{1, channels, std::max<std::int64_t>(height, 1), std::max<std::int64_t>(width, 1)};
  if (const std::string problem = too_large(shape); !problem.empty()) fail(ErrorCode::kInvalidArgument, "{}", problem);
}

std::vector<WeightSpec> per_channel(std::int64_t channels) {
  return {{"weight", {channels}, true}, {"bias", {channels}, true}};
}

void add_bias(std::vector<WeightSpec>& specs, bool bias, std::int64_t out) {
  if (bias) specs.push_back({"bias", {out}, true});
}

}  // namespace

Arity arity(const Op& op) {
  return std::visit(overloaded{
                        [](const Input&) { return Arity{0, 0}; },
                        [](const Add&) { return Arity{2, 16}; },
                        [](const Concat&) { return Arity{2, 16}; },
                        [](const GuidedFilter&) { return Arity{2, 2}; },
                        [](const Lade&) { return Arity{2, 2}; },
                        [](const AdaLin&) { return Arity{3, 3}; },
                        [](const auto&) { return Arity{1, 1}; },
                    },
                    op);
}

void check_attributes(const Op& op) {
  std::visit(overloaded{
                 [](const Input& o) {
                   require_range("channels", o.channels, 1, kMaxChannels);
                   require_range("height", o.height, 0, kMaxSide);
                   require_range("width", o.width, 0, kMaxSide);
                   require_elements(o.channels, o.height, o.width);
                 },
                 [](const Conv2d& o) {
                   require_range("out", o.out, 1, kMaxChannels);
                   require_range("kernel", o.kernel, 1, kMaxKernel);
                   require_range("stride", o.stride, 1, kMaxKernel);
                   for (const int side : o.pad) require_range("pad", side, 0, o.kernel);
                   require_range("groups", o.groups, 1, o.out);
                   require_multiple("out", o.out, o.groups);
                 },
                 [](const ConvTranspose2d& o) {
                   require_range("out", o.out, 1, kMaxChannels);
                   require_range("kernel", o.kernel, 1, kMaxKernel);
                   require_range("stride", o.stride, 1, kMaxKernel);
                   require_range("pad", o.pad, 0, o.kernel - 1);
                   require_range("output_pad", o.output_pad, 0, o.stride - 1);
                 },
                 [](const Linear& o) { require_range("out", o.out, 1, kMaxChannels); },
                 [](const Reshape& o) {
                   require_range("channels", o.channels, 1, kMaxChannels);
                   require_range("height", o.height, 1, kMaxSide);
                   require_range("width", o.width, 1, kMaxSide);
                   require_elements(o.channels, o.height, o.width);
                 },
                 [](const Upsample& o) { require_range("factor", o.factor, 1, 16); },
                 [](const PixelShuffle& o) { require_range("factor", o.factor, 1, 16); },
                 [](const PixelUnshuffle& o) { require_range("factor", o.factor, 1, 16); },
                 [](const GuidedFilter& o) {
                   require_range("radius", o.radius, 1, kMaxKernel);
                   if (!(o.eps > 0)) fail(ErrorCode::kInvalidArgument, "eps is {}, expected more than 0", o.eps);
                 },
                 [](const Pool2d& o) {
                   require_range("kernel", o.kernel, 1, kMaxKernel);
                   require_range("stride", o.stride, 1, kMaxKernel);
                   require_range("pad", o.pad, 0, o.kernel / 2);  // so that every window holds a pixel
                 },
                 [](const Blur& o) { require_range("stride", o.stride, 1, kMaxKernel); },
                 [](const ExternalAttention& o) { require_range("memory", o.memory, 1, kMaxChannels); },
                 [](const GaussianMixture& o) { require_range("components", o.components, 1, kMaxChannels); },
                 [](const auto& o) {
                   if constexpr (requires { o.eps; }) {
                     if (!(o.eps >= 0)) fail(ErrorCode::kInvalidArgument, "eps is {}, expected 0 or more", o.eps);
                   }
                 },
             },
             op);
}

std::vector<WeightSpec> weights_of(const Op& op, std::span<const Shape> src) {
  return std::visit(
      overloaded{
          [&](const Conv2d& o) {
            std::vector<WeightSpec> specs = {{"weight", {o.out, src[0].c / o.groups, o.kernel, o.kernel}, true}};
            add_bias(specs, o.bias, o.out);
            return specs;
          },
          [&](const ConvTranspose2d& o) {
            std::vector<WeightSpec> specs = {{"weight", {src[0].c, o.out, o.kernel, o.kernel}, true}};
            add_bias(specs, o.bias, o.out);
            return specs;
          },
          [&](const Linear& o) {
            std::vector<WeightSpec> specs = {{"weight", {o.out, src[0].size() / src[0].n}, true}};
            add_bias(specs, o.bias, o.out);
            return specs;
          },
          [&](const BatchNorm&) {
            std::vector<WeightSpec> specs = per_channel(src[0].c);
            specs.push_back({"running_mean", {src[0].c}, false});
            specs.push_back({"running_var", {src[0].c}, false});
            return specs;
          },
          [&](const InstanceNorm& o) { return o.affine ? per_channel(src[0].c) : std::vector<WeightSpec>{}; },
          [&](const LayerNorm&) { return per_channel(src[0].c); },
          [&](const ChannelScale&) { return std::vector<WeightSpec>{{"weight", {src[0].c}, true}}; },
          [&](const Lin&) {
            std::vector<WeightSpec> specs = per_channel(src[0].c);
            specs.insert(specs.begin(), {"rho", {src[0].c}, true});
            return specs;
          },
          [&](const AdaLin&) { return std::vector<WeightSpec>{{"rho", {src[0].c}, true}}; },
          [&](const ExternalAttention& o) {
            std::vector<WeightSpec> specs = {{"weight", {src[0].c, o.memory}, true}};
            if (o.stored) specs.push_back({"log_sum", {o.memory}, false});
            return specs;
          },
          [&](const GaussianMixture& o) {
            const std::vector<std::int64_t> dims = {o.components, src[0].c - o.components};
            return std::vector<WeightSpec>{{"mean", dims, true}, {"deviation", dims, true}};
          },
          [](const auto&) { return std::vector<WeightSpec>{}; },
      },
      op);
}

std::int64_t saturating_product(std::span<const std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor, &product)) return std::numeric_limits<std::int64_t>::max();
  }
  return product;
}

std::int64_t macs_of(const Op& op, std::span<const Shape> src, const Shape& dst) {
  const auto product = [](std::initializer_list<std::int64_t> factors) {
    return saturating_product(std::span(factors.begin(), factors.size()));
  };
  return std::visit(overloaded{
                        [&](const Conv2d& o) { return product({dst.size(), src[0].c / o.groups, o.kernel, o.kernel}); },
                        [&](const ConvTranspose2d& o) { return product({src[0].size(), o.out, o.kernel, o.kernel}); },
                        [&](const Linear& o) { return product({src[0].size(), o.out}); },
                        [&](const ExternalAttention& o) { return product({src[0].size(), o.memory, 2}); },
                        [](const auto&) { return std::int64_t{0}; },
                    },
                    op);
}

}  // namespace genga::ir
