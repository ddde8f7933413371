// What the ir module knows of each op, one overload set per question. A new op adds one overload to each.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "genga/graph.h"

namespace genga::ir {

struct Arity {
  int minimum = 1;
  int maximum = 1;
};
Arity arity(const Op& op);

/// By node: whether `output` depends on it.
std::vector<bool> live_nodes(const Graph& graph, NodeId output);

/// Throws Error: kInvalidArgument (attribute out of range), without the node's name.
void check_attributes(const Op& op);

/// Pixels of a side, channels of a Concat, images of a batch: so that products of two stay far below 2^63.
inline constexpr int kMaxSide = 1 << 24;
/// Empty, or why a value of this shape is refused: a side above kMaxSide, more than kMaxElements in all.
std::string too_large(const Shape& shape);

/// A shape, or one sentence that says why there is none. Not an exception: searches for a size that fits ask hundreds
/// of times.
using ShapeOrProblem = std::variant<Shape, std::string>;
/// The problem is without the node's name. Requires: no source is too_large(); then no result is.
ShapeOrProblem infer_shape(const Op& op, std::span<const Shape> src);

/// Suffixes ("weight"), dims and trainability.
std::vector<WeightSpec> weights_of(const Op& op, std::span<const Shape> src);

/// The product, or the largest number there is: counts of hostile graphs must not overflow.
std::int64_t saturating_product(std::span<const std::int64_t> factors);

/// Saturates.
std::int64_t macs_of(const Op& op, std::span<const Shape> src, const Shape& dst);

/// Output pixel i of a node depends on input pixels [step*i + low, step*i + high] at most.
/// step 0: one value for the whole image (behind GlobalPool), which fits to any scale.
struct Interval {
  double step = 1;
  double low = 0;
  double high = 0;
};
/// nullptr reason: local. Otherwise why the op looks at the whole image.
const char* global_reason(const Op& op);
Interval interval_of(const Op& op, std::span<const Interval> src);

}  // namespace genga::ir
