// A step made ready for one image size. Construction decides everything (sizes, algorithm, scratch) without large
// memory; prepare() then packs weights and generates code; run() does the work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/view.h"
#include "engine/weight_cache.h"

namespace genga::engine {

/// The memory that a task may touch while it runs.
struct RunContext {
  float* const* data;                   // by ValueId
  std::byte* scratch;                   // scratch_bytes() of the running task, aligned as the arena
  weights::NormStatistics* statistics;  // null: not wanted
};

class Task {
 public:
  virtual ~Task() = default;
  virtual std::int64_t scratch_bytes() const { return 0; }
  virtual void prepare() {}
  virtual void run(const RunContext& context) = 0;
  /// Whether the result may lie where the residual does: each value is read just before its place is written.
  virtual bool may_replace_residual() const { return false; }
  virtual std::string note() const { return {}; }  // algorithm, for Plan listings
};

/// A step with the geometry of its values. The step and the cache outlive the task.
struct TaskSetup {
  const Step& step;
  int index;  // of the step in the plan
  std::vector<View> src;
  View dst;
  std::optional<View> residual;
  WeightCache& weights;
  bool fused = true;  // false: plain primitives only, for comparison
};

using TaskPtr = std::unique_ptr<Task>;
TaskPtr make_task(const ConvStep& conv, const TaskSetup& setup);
TaskPtr make_task(const DeconvStep& deconv, const TaskSetup& setup);
TaskPtr make_task(const LinearStep& linear, const TaskSetup& setup);
TaskPtr make_task(const PointwiseStep& pointwise, const TaskSetup& setup);
TaskPtr make_task(const NormStep& norm, const TaskSetup& setup);
TaskPtr make_task(const UpsampleStep& upsample, const TaskSetup& setup);
TaskPtr make_task(const ShuffleStep& shuffle, const TaskSetup& setup);
TaskPtr make_task(const ConcatStep& concat, const TaskSetup& setup);
TaskPtr make_task(const GuidedFilterStep& filter, const TaskSetup& setup);
TaskPtr make_task(const ColorMapStep& map, const TaskSetup& setup);
TaskPtr make_task(const CopyStep& copy, const TaskSetup& setup);
TaskPtr make_task(const PadStep& pad, const TaskSetup& setup);
TaskPtr make_task(const ToBlockedStep& load, const TaskSetup& setup);
TaskPtr make_task(const ToPlanarStep& store, const TaskSetup& setup);
TaskPtr make_task(const PoolStep& pool, const TaskSetup& setup);
TaskPtr make_task(const GlobalPoolStep& pool, const TaskSetup& setup);
TaskPtr make_task(const AttentionStep& attention, const TaskSetup& setup);
TaskPtr make_task(const MixtureStep& mixture, const TaskSetup& setup);

}  // namespace genga::engine
