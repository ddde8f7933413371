#include <algorithm>
#include <limits>

#include "genga/error.h"
#include "ir/op_rules.h"

namespace genga::ir {
namespace {

constexpr int kMaxChannels = 1 << 20;
constexpr int kMaxKernel = 1 << 10;
constexpr int kMaxSide = 1 << 24;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;

void require_range(const char* name, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high) {
    fail(ErrorCode::kInvalidArgument, "{} is {}, expected {} to {}", name, value, low, high);
  }
}

void require_multiple(const char* what, std::int64_t value, std::int64_t factor) {
  if (value % factor != 0) {
    fail(ErrorCode::kInvalidArgument, "source {} is {}, expected a multiple of {}", what, value, factor);
  }
}

Shape checked(Shape shape) {
  for (const std::int64_t side : {shape.n, shape.c, shape.h, shape.w}) {
    if (side < 1) fail(ErrorCode::kInvalidArgument, "result would be {}; the source is too small", to_string(shape));
    require_range("a side of the result", side, 1, kMaxSide);
  }
  if (static_cast<double>(shape.n) * static_cast<double>(shape.c) * static_cast<double>(shape.h) *
          static_cast<double>(shape.w) >
      static_cast<double>(kMaxElements)) {
    fail(ErrorCode::kInvalidArgument, "result would be {}, too large", to_string(shape));
  }
  return shape;
}

Shape same_as_first(std::span<const Shape> src) {
  return src[0];
}

/// PyTorch's rule: with ceil_mode the last window may hang out, but not begin in the padding.
std::int64_t pooled_side(std::int64_t length, const Pool2d& o) {
  const std::int64_t span = length + 2 * o.pad - o.kernel + (o.ceil_mode ? o.stride - 1 : 0);
  if (span < 0) return 0;
  const std::int64_t side = span / o.stride + 1;
  return o.ceil_mode && (side - 1) * o.stride >= length + o.pad ? side - 1 : side;
}

/// The source of LIN and AdaLIN.
Shape normalizable(const Shape& src, bool unbiased) {
  if (unbiased && src.h * src.w < 2) {
    fail(ErrorCode::kInvalidArgument, "source is {}, expected two pixels or more for an unbiased variance",
         to_string(src));
  }
  return src;
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
                        [](const Input&) {
                          return Arity{0, 0};
                        },
                        [](const Add&) {
                          return Arity{2, 16};
                        },
                        [](const Concat&) {
                          return Arity{2, 16};
                        },
                        [](const GuidedFilter&) {
                          return Arity{2, 2};
                        },
                        [](const Lade&) {
                          return Arity{2, 2};
                        },
                        [](const AdaLin&) {
                          return Arity{3, 3};
                        },
                        [](const auto&) {
                          return Arity{1, 1};
                        },
                    },
                    op);
}

void check_attributes(const Op& op) {
  std::visit(overloaded{
                 [](const Input& o) {
                   require_range("channels", o.channels, 1, kMaxChannels);
                   require_range("height", o.height, 0, kMaxSide);
                   require_range("width", o.width, 0, kMaxSide);
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

Shape infer_shape(const Op& op, std::span<const Shape> src) {
  return std::visit(
      overloaded{
          [](const Input&) -> Shape { fail(ErrorCode::kInternal, "an Input has no sources to infer from"); },
          [&](const Conv2d& o) {
            const Shape& s = src[0];
            require_multiple("channel count", s.c, o.groups);
            const auto side = [&](std::int64_t length, int before, int after) {
              if (o.pad_mode == PadMode::kReflect && std::max(before, after) >= length) {
                fail(ErrorCode::kInvalidArgument, "source {} is too small to reflect {} pixels", to_string(s),
                     std::max(before, after));
              }
              const std::int64_t span = length + before + after - o.kernel;
              return span < 0 ? 0 : span / o.stride + 1;
            };
            return checked({s.n, o.out, side(s.h, o.pad[0], o.pad[2]), side(s.w, o.pad[1], o.pad[3])});
          },
          [&](const ConvTranspose2d& o) {
            const auto side = [&](std::int64_t length) {
              return (length - 1) * o.stride - 2 * o.pad + o.kernel + o.output_pad;
            };
            return checked({src[0].n, o.out, side(src[0].h), side(src[0].w)});
          },
          [&](const Linear& o) {
            return checked({src[0].n, o.out, 1, 1});
          },
          [&](const Reshape& o) {
            const Shape dst = checked({src[0].n, o.channels, o.height, o.width});
            if (dst.size() != src[0].size()) {
              fail(ErrorCode::kInvalidArgument, "source {} has not as many elements as {}", to_string(src[0]),
                   to_string(dst));
            }
            return dst;
          },
          [&](const Add&) {
            for (const Shape& s : src) {
              if (s != src[0]) {
                fail(ErrorCode::kInvalidArgument, "sources are {} and {}, expected one shape", to_string(src[0]),
                     to_string(s));
              }
            }
            return src[0];
          },
          [&](const Concat&) {
            Shape dst = src[0];
            for (const Shape& s : src.subspan(1)) {
              if (s.n != dst.n || s.h != dst.h || s.w != dst.w) {
                fail(ErrorCode::kInvalidArgument, "sources are {} and {}, expected one size", to_string(src[0]),
                     to_string(s));
              }
              dst.c += s.c;
            }
            return checked(dst);
          },
          [&](const Upsample& o) {
            return checked({src[0].n, src[0].c, src[0].h * o.factor, src[0].w * o.factor});
          },
          [&](const PixelShuffle& o) {
            require_multiple("channel count", src[0].c, o.factor * o.factor);
            return checked({src[0].n, src[0].c / (o.factor * o.factor), src[0].h * o.factor, src[0].w * o.factor});
          },
          [&](const PixelUnshuffle& o) {
            require_multiple("height", src[0].h, o.factor);
            require_multiple("width", src[0].w, o.factor);
            return checked({src[0].n, src[0].c * o.factor * o.factor, src[0].h / o.factor, src[0].w / o.factor});
          },
          [&](const GuidedFilter&) {
            if (src[0] != src[1]) {
              fail(ErrorCode::kInvalidArgument, "guide is {} and source is {}, expected one shape", to_string(src[0]),
                   to_string(src[1]));
            }
            return src[0];
          },
          [&](const Pool2d& o) {
            return checked({src[0].n, src[0].c, pooled_side(src[0].h, o), pooled_side(src[0].w, o)});
          },
          [&](const GlobalPool&) {
            return Shape{src[0].n, src[0].c, 1, 1};
          },
          [&](const Blur& o) {
            if (src[0].h < 2 || src[0].w < 2) {
              fail(ErrorCode::kInvalidArgument, "source {} is too small to reflect 1 pixel", to_string(src[0]));
            }
            return Shape{src[0].n, src[0].c, (src[0].h - 1) / o.stride + 1, (src[0].w - 1) / o.stride + 1};
          },
          [&](const Lade&) {
            if (src[0] != src[1]) {
              fail(ErrorCode::kInvalidArgument, "sources are {} and {}, expected one shape", to_string(src[0]),
                   to_string(src[1]));
            }
            return src[0];
          },
          [&](const AdaLin& o) {
            for (const Shape& s : src.subspan(1)) {
              if (s != Shape{src[0].n, src[0].c, 1, 1}) {
                fail(ErrorCode::kInvalidArgument, "scale or shift is {}, expected [{},{},1,1]", to_string(s), src[0].n,
                     src[0].c);
              }
            }
            return normalizable(src[0], o.unbiased);
          },
          [&](const GaussianMixture& o) {
            if (src[0].c <= o.components || src[0].h != 1 || src[0].w != 1) {
              fail(ErrorCode::kInvalidArgument, "source is {}, expected one pixel of more than {} channels",
                   to_string(src[0]), o.components);
            }
            return Shape{src[0].n, src[0].c - o.components, 1, 1};
          },
          [&](const Lin& o) { return normalizable(src[0], o.unbiased); },
          [&](const ChannelScale&) { return same_as_first(src); },
          [&](const ExternalAttention&) { return same_as_first(src); },
          [&](const BatchNorm&) { return same_as_first(src); },
          [&](const InstanceNorm&) { return same_as_first(src); },
          [&](const LayerNorm&) { return same_as_first(src); },
          [&](const Activation&) { return same_as_first(src); },
          [&](const Affine&) { return same_as_first(src); },
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
          [&](const ChannelScale&) {
            return std::vector<WeightSpec>{{"weight", {src[0].c}, true}};
          },
          [&](const Lin&) {
            std::vector<WeightSpec> specs = per_channel(src[0].c);
            specs.insert(specs.begin(), {"rho", {src[0].c}, true});
            return specs;
          },
          [&](const AdaLin&) {
            return std::vector<WeightSpec>{{"rho", {src[0].c}, true}};
          },
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
                        [&](const Conv2d& o) {
                          return product({dst.size(), src[0].c / o.groups, o.kernel, o.kernel});
                        },
                        [&](const ConvTranspose2d& o) {
                          return product({src[0].size(), o.out, o.kernel, o.kernel});
                        },
                        [&](const Linear& o) {
                          return product({src[0].size(), o.out});
                        },
                        [&](const ExternalAttention& o) {
                          return product({src[0].size(), o.memory, 2});
                        },
                        [](const auto&) { return std::int64_t{0}; },
                    },
                    op);
}

}  // namespace genga::ir
