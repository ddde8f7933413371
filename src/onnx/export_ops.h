// Our ops in ONNX's operators. What each means is in genga/ops.h.
#pragma once

#include <string>
#include <vector>

#include "genga/weights.h"
#include "onnx/graph_writer.h"

namespace genga::onnx {

/// What an op needs to know of its node.
struct ExportNode {
  const ir::Node& node;
  const weights::TensorMap& tensors;
  std::vector<Value> src;
  std::vector<ir::Shape> src_shapes;  // only channels may be relied on: heights and widths are free
};

/// The node's result. The Input is not asked for.
Value export_op(GraphWriter& writer, const ExportNode& node);

}  // namespace genga::onnx
