// Reference interpreter: plain loops over f32, "obviously correct" and slow. The judge of engine and torchnet.
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
