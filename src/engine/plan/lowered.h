// A plan for one image size: tasks, and where everything lies in the arena. No large memory is held.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/ops/task.h"
#include "engine/plan/plan.h"
#include "engine/plan/plan_arena.h"
#include "engine/weight_cache.h"

namespace genga::engine {

/// What all sessions of a compiled model share. Immutable but for the cache, which locks.
struct SharedModel {
  ir::Graph graph;
  Plan plan;
  int threads = 1;
  bool fused = true;
  mutable WeightCache weights;
};

struct Lowered {
  ir::Shape input, output;
  std::vector<View> views;  // by ValueId
  std::vector<TaskPtr> tasks;
  std::vector<std::int64_t> value_offset;    // by ValueId, in bytes; -1: not in the arena (input, output, unused)
  std::vector<std::int64_t> scratch_offset;  // by step
  std::int64_t arena_bytes = 0;
};

/// Throws Error: kInvalidArgument (size), kUnsupported; kOutOfMemory where a value exceeds what oneDNN can index.
Lowered lower(const SharedModel& model, std::int64_t height, std::int64_t width);

/// lower().arena_bytes; kNoSession where lower() would refuse the size as too large.
std::int64_t count_arena_bytes(const SharedModel& model, std::int64_t height, std::int64_t width);

}  // namespace genga::engine
