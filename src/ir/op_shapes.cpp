// What each op makes of its sources' shapes, and which it refuses.
//
// One overload of shape_of per op; a new op without one does not compile. Nothing here throws: the caller decides
// whether a problem is an error or one more size that does not fit.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "ir/op_rules.h"

namespace genga::ir {
namespace {

using Shapes = std::span<const Shape>;  // of an op's sources

template <typename... Args>
std::string problem(fmt::format_string<Args...> format, Args&&... args) {
  return fmt::format(format, std::forward<Args>(args)...);
}

std::string not_a_multiple(const char* what, std::int64_t value, std::int64_t factor) {
  return problem("source {} is {}, expected a multiple of {}", what, value, factor);
}

/// For ops that may shrink the source to nothing or enlarge it beyond the limits.
ShapeOrProblem checked(const Shape& shape) {
  for (const std::int64_t side : {shape.n, shape.c, shape.h, shape.w}) {
    if (side < 1) return problem("result would be {}; the source is too small", to_string(shape));
  }
  if (std::string why = too_large(shape); !why.empty()) return "result would be too large: " + why;
  return shape;
}

/// Pixels that a window of `kernel` takes in a padded line of `length`; 0: none fits.
std::int64_t windows(std::int64_t length, std::int64_t kernel, std::int64_t stride) {
  return length < kernel ? 0 : (length - kernel) / stride + 1;
}

ShapeOrProblem shape_of(const Input&, Shapes) {
  return std::string("an Input has no sources to infer from");
}

ShapeOrProblem shape_of(const Conv2d& o, Shapes src) {
  const Shape& s = src[0];
  if (s.c % o.groups != 0) return not_a_multiple("channel count", s.c, o.groups);
  const auto [top, left, bottom, right] = o.pad;
  const int deepest_y = std::max(top, bottom), deepest_x = std::max(left, right);
  if (o.pad_mode == PadMode::kReflect && (deepest_y >= s.h || deepest_x >= s.w)) {
    return problem("source {} is too small to reflect {} pixels", to_string(s),
                   deepest_y >= s.h ? deepest_y : deepest_x);
  }
  return checked(
      {s.n, o.out, windows(s.h + top + bottom, o.kernel, o.stride), windows(s.w + left + right, o.kernel, o.stride)});
}

ShapeOrProblem shape_of(const ConvTranspose2d& o, Shapes src) {
  const auto side = [&](std::int64_t length) { return (length - 1) * o.stride - 2 * o.pad + o.kernel + o.output_pad; };
  return checked({src[0].n, o.out, side(src[0].h), side(src[0].w)});
}

ShapeOrProblem shape_of(const Linear& o, Shapes src) {
  return checked({src[0].n, o.out, 1, 1});
}

ShapeOrProblem shape_of(const Reshape& o, Shapes src) {
  const Shape dst{src[0].n, o.channels, o.height, o.width};
  if (std::string why = too_large(dst); !why.empty()) return "result would be too large: " + why;
  if (dst.size() != src[0].size())
    return problem("source {} has not as many elements as {}", to_string(src[0]), to_string(dst));
  return dst;
}

ShapeOrProblem shape_of(const Concat&, Shapes src) {
  Shape dst = src[0];
  for (const Shape& s : src.subspan(1)) {
    if (s.n != dst.n || s.h != dst.h || s.w != dst.w)
      return problem("sources are {} and {}, expected one size", to_string(src[0]), to_string(s));
    dst.c += s.c;
  }
  return checked(dst);
}

ShapeOrProblem shape_of(const Upsample& o, Shapes src) {
  return checked({src[0].n, src[0].c, src[0].h * o.factor, src[0].w * o.factor});
}

ShapeOrProblem shape_of(const PixelShuffle& o, Shapes src) {
  const int area = o.factor * o.factor;
  if (src[0].c % area != 0) return not_a_multiple("channel count", src[0].c, area);
  return checked({src[0].n, src[0].c / area, src[0].h * o.factor, src[0].w * o.factor});
}

ShapeOrProblem shape_of(const PixelUnshuffle& o, Shapes src) {
  if (src[0].h % o.factor != 0) return not_a_multiple("height", src[0].h, o.factor);
  if (src[0].w % o.factor != 0) return not_a_multiple("width", src[0].w, o.factor);
  return checked({src[0].n, src[0].c * o.factor * o.factor, src[0].h / o.factor, src[0].w / o.factor});
}

/// PyTorch's rule: with ceil_mode the last window may hang out, but not begin in the padding.
std::int64_t pooled_side(std::int64_t length, const Pool2d& o) {
  const std::int64_t side = windows(length + 2 * o.pad + (o.ceil_mode ? o.stride - 1 : 0), o.kernel, o.stride);
  return o.ceil_mode && (side - 1) * o.stride >= length + o.pad ? side - 1 : side;
}

ShapeOrProblem shape_of(const Pool2d& o, Shapes src) {
  return checked({src[0].n, src[0].c, pooled_side(src[0].h, o), pooled_side(src[0].w, o)});
}

ShapeOrProblem shape_of(const GlobalPool&, Shapes src) {
  return Shape{src[0].n, src[0].c, 1, 1};
}

ShapeOrProblem shape_of(const Blur& o, Shapes src) {
  if (src[0].h < 2 || src[0].w < 2) return problem("source {} is too small to reflect 1 pixel", to_string(src[0]));
  return Shape{src[0].n, src[0].c, (src[0].h - 1) / o.stride + 1, (src[0].w - 1) / o.stride + 1};
}

ShapeOrProblem one_shape(Shapes src) {
  const auto other = std::find_if(src.begin(), src.end(), [&](const Shape& s) { return s != src[0]; });
  if (other != src.end())
    return problem("sources are {} and {}, expected one shape", to_string(src[0]), to_string(*other));
  return src[0];
}

ShapeOrProblem shape_of(const Add&, Shapes src) {
  return one_shape(src);
}

ShapeOrProblem shape_of(const Lade&, Shapes src) {
  return one_shape(src);
}

ShapeOrProblem shape_of(const GuidedFilter&, Shapes src) {
  if (src[0] != src[1])
    return problem("guide is {} and source is {}, expected one shape", to_string(src[0]), to_string(src[1]));
  return src[0];
}

/// The source of LIN and AdaLIN.
ShapeOrProblem normalizable(const Shape& src, bool unbiased) {
  if (unbiased && src.h * src.w < 2)
    return problem("source is {}, expected two pixels or more for an unbiased variance", to_string(src));
  return src;
}

ShapeOrProblem shape_of(const Lin& o, Shapes src) {
  return normalizable(src[0], o.unbiased);
}

ShapeOrProblem shape_of(const AdaLin& o, Shapes src) {
  for (const Shape& s : src.subspan(1)) {
    if (s != Shape{src[0].n, src[0].c, 1, 1})
      return problem("scale or shift is {}, expected [{},{},1,1]", to_string(s), src[0].n, src[0].c);
  }
  return normalizable(src[0], o.unbiased);
}

ShapeOrProblem shape_of(const GaussianMixture& o, Shapes src) {
  if (src[0].c <= o.components || src[0].h != 1 || src[0].w != 1)
    return problem("source is {}, expected one pixel of more than {} channels", to_string(src[0]), o.components);
  return Shape{src[0].n, src[0].c - o.components, 1, 1};
}

ShapeOrProblem shape_of(const BatchNorm&, Shapes src) {
  return src[0];
}

ShapeOrProblem shape_of(const InstanceNorm&, Shapes src) {
  return src[0];
}

ShapeOrProblem shape_of(const LayerNorm&, Shapes src) {
  return src[0];
}

ShapeOrProblem shape_of(const Activation&, Shapes src) {
  return src[0];
}

ShapeOrProblem shape_of(const Affine&, Shapes src) {
  return src[0];
}

ShapeOrProblem shape_of(const ChannelScale&, Shapes src) {
  return src[0];
}

ShapeOrProblem shape_of(const ExternalAttention&, Shapes src) {
  return src[0];
}

}  // namespace

std::string too_large(const Shape& shape) {
  const std::array sides{shape.n, shape.c, shape.h, shape.w};
  const std::int64_t longest = *std::max_element(sides.begin(), sides.end());
  if (longest > kMaxSide)
    return problem("a side of {} is {}, expected at most {}", to_string(shape), longest, kMaxSide);
  if (saturating_product(sides) > kMaxElements)
    return problem("{} has more than {} elements", to_string(shape), kMaxElements);
  return {};
}

ShapeOrProblem infer_shape(const Op& op, std::span<const Shape> src) {
  return std::visit([&](const auto& o) { return shape_of(o, src); }, op);
}

}  // namespace genga::ir
