// Reference interpreter: plain loops over f32, slow, simple enough to be seen to be right. Engine and torchnet are
// tested against it (tests/parity).
#pragma once

#include <vector>

#include "genga/weights.h"

namespace genga::ref {

struct Array {
  ir::Shape shape;
  std::vector<float> values;  // NCHW
};

/// Runs the graph. Throws Error: kInvalidArgument (shapes). Accumulates in double.
Array run(const ir::Graph& graph, const weights::TensorMap& tensors, const Array& input);
/// Same, and also records what every whole-image norm saw (image 0 of the batch).
Array run(const ir::Graph& graph, const weights::TensorMap& tensors, const Array& input,
          weights::NormStatistics* statistics);

}  // namespace genga::ref
