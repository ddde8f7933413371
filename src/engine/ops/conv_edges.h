// Results of a convolution whose filter reaches into padding that is not zeros. oneDNN knows zeros only; a copy of the
// source with its border stored would cost a pass over memory, these few results cost next to nothing.
#pragma once

#include "engine/plan/epilogue.h"
#include "engine/ops/task.h"

namespace genga::engine {

/// True if the edges of that step's results can be computed apart; its source and result are blocked.
bool suits_conv_edges(const Step& step);

class ConvEdges {
 public:
  ConvEdges(const ConvStep& conv, const TaskSetup& setup);

  /// Packs the weights, once for all sessions.
  void prepare();
  /// Computes the results along the border anew, the epilogue included; the others stay as they are.
  void run(const Frame& frame) const;

 private:
  void compute(const Frame& frame, std::int64_t y, std::int64_t x_begin, std::int64_t x_end) const;

  const ConvStep& conv_;
  View src_, dst_;
  RowEpilogue epilogue_;
  std::int64_t top_, bottom_, left_, right_;  // first row (column) inside; first one beyond
  int index_;
  WeightCache& weights_;
  dnnl::memory weight_;  // [tap][in channel][stored out channels]
  dnnl::memory bias_;    // [stored out channels]
};

}  // namespace genga::engine
