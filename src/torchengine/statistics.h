// What norms over the whole image saw, for transform::freeze_norms.
#pragma once

#include <span>

#include "torchnet/network.h"

namespace genga::torchengine {

/// Adds what this node sees, if it looks at the whole image; always in f32.
/// src: its sources, [1,C,H,W] f32. weight: the node's own, undefined where it has none.
void record_statistics(const ir::Node& node, std::span<const at::Tensor> src, const at::Tensor& weight,
                       weights::NormStatistics& statistics);

}  // namespace genga::torchengine
