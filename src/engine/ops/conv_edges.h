// Results of a convolution whose filter reaches into padding that is not zeros. oneDNN knows zeros only; a copy of the
// source with its border stored would cost a pass over memory, these few results cost next to nothing.
#pragma once

#include "engine/ops/task.h"
#include "engine/parallel.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {

/// True if the edges of that step's results can be computed apart; its source and result are blocked.
bool suits_conv_edges(const Step& step);

class ConvEdges {
 public:
  ConvEdges(const ConvStep& conv, const TaskSetup& setup);

  /// Of the context that run() gets.
  std::int64_t scratch_bytes() const { return sums_.bytes(); }
  /// Packs the weights, once for all sessions.
  void prepare();
  /// Computes the results along the border anew, the epilogue included; the others stay as they are.
  void run(const RunContext& context) const;

 private:
  void compute(const RunContext& context, std::int64_t y, std::int64_t x_begin, std::int64_t x_end) const;

  const ConvStep& conv_;
  View src_, dst_;
  RowEpilogue epilogue_;
  ThreadScratch sums_;                        // of one pixel: [stored out channels]
  std::int64_t top_, bottom_, left_, right_;  // first row (column) inside; first one beyond
  int index_;
  WeightCache& weights_;
  dnnl::memory weight_;  // [tap][in channel][stored out channels]
  dnnl::memory bias_;    // [stored out channels]
};

}  // namespace genga::engine
