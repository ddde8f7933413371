// Building one network out of several: each becomes a branch whose nodes and tensors carry a prefix.
#pragma once

#include <string>

#include "genga/weights.h"

namespace genga::transform {

/// Appends the nodes of part (but its Input) to whole, reading from `src`, which must have part's input channels.
/// Returns the node that gives part's output. Throws Error: kUnsupported if part takes images of one size only.
ir::NodeId add_branch(weights::Model& whole, const weights::Model& part, const std::string& prefix, ir::NodeId src);

}  // namespace genga::transform
