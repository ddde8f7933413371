// What the ir module knows of each op, one overload set per question. A new op adds one overload to each.
#pragma once

#include <span>
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

/// Throws Error: kInvalidArgument (shapes that do not fit), without the node's name. Results stay below 2^40 elements.
Shape infer_shape(const Op& op, std::span<const Shape> src);

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
