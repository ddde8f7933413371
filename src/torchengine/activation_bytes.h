// How much memory a network's activations take, before they are made.
#pragma once

#include "genga/graph.h"

namespace genga::torchengine {

/// An upper estimate for one image: every value in f32 from its node to its last reader, and beside each op the
/// copies that LibTorch makes of its sources and result (padding, other types and orders, work spaces).
/// engine::kNoSession if a value has more elements than LibTorch's kernels index. Throws Error: kInvalidArgument
/// (size).
std::int64_t count_activation_bytes(const ir::Graph& graph, std::int64_t height, std::int64_t width);

}  // namespace genga::torchengine
