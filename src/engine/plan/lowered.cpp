// From a plan to one image size: shapes, tasks, and places in the arena.
#include "engine/plan/lowered.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>

#include "engine/kernels/isa.h"
#include "genga/engine.h"
#include "genga/error.h"

namespace genga::engine {
namespace {

constexpr std::int64_t kMaxSide = std::int64_t{1} << 20;  // pixels; keeps every product of sizes far from overflow

std::vector<View> make_views(const Plan& plan, const std::vector<ir::Shape>& shapes) {
  std::vector<View> views;
  for (std::size_t i = 0; i < plan.values.size(); ++i) {
    const Value& value = plan.values[i];
    const int block_channels = value.layout == Layout::kBlocked ? kernels().block_channels : 1;
    ir::Shape shape = shapes[static_cast<std::size_t>(value.node)];
    shape.c = value.channels;
    views.push_back({static_cast<ValueId>(i), shape, block_channels, value.border, value.border_mode});
  }
  return views;
}

std::vector<TaskPtr> make_tasks(const SharedModel& model, const std::vector<View>& views) {
  const ScopedThreads threads(model.threads);  // oneDNN decides by the team it will have
  std::vector<TaskPtr> tasks;
  for (const Step& step : model.plan.steps) {
    TaskSetup setup{
        step,       static_cast<int>(tasks.size()), {}, views[static_cast<std::size_t>(step.dst)], {}, model.weights,
        model.fused};
    for (ValueId src : step.src) setup.src.push_back(views[static_cast<std::size_t>(src)]);
    if (step.epilogue.residual) setup.residual = views[static_cast<std::size_t>(*step.epilogue.residual)];
    tasks.push_back(std::visit([&](const auto& op) { return make_task(op, setup); }, step.op));
  }
  return tasks;
}

/// Step of the last read, by ValueId; -1 where there is none.
std::vector<int> last_reads(const Plan& plan) {
  std::vector<int> last(plan.values.size(), -1);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    for (ValueId value : plan.steps[i].reads()) last[static_cast<std::size_t>(value)] = static_cast<int>(i);
  }
  return last;
}

/// Whether step i may write its result over its residual, which nothing reads afterwards.
bool replaces_residual(const Plan& plan, const Lowered& lowered, const std::vector<int>& last, std::size_t i) {
  const Step& step = plan.steps[i];
  if (!step.epilogue.residual || !lowered.tasks[i]->may_replace_residual()) return false;
  const ValueId residual = *step.epilogue.residual;
  const View& from = lowered.views[static_cast<std::size_t>(residual)];
  const View& to = lowered.views[static_cast<std::size_t>(step.dst)];
  return residual != plan.input && step.dst != plan.output && residual != step.src[0] &&
         last[static_cast<std::size_t>(residual)] == static_cast<int>(i) && from.size() == to.size() &&
         from.border == ir::Pad{} && to.border == ir::Pad{};
}

void plan_memory(const Plan& plan, Lowered& lowered) {
  ArenaPlanner arena;
  const std::vector<int> last = last_reads(plan);
  std::vector<int> value_buffer(plan.values.size(), -1);
  std::vector<int> scratch_buffer(plan.steps.size(), -1);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto step = static_cast<int>(i);
    const auto dst = static_cast<std::size_t>(plan.steps[i].dst);
    if (replaces_residual(plan, lowered, last, i)) {
      value_buffer[dst] = value_buffer[static_cast<std::size_t>(*plan.steps[i].epilogue.residual)];
      arena.extend(value_buffer[dst], std::max(step, last[dst]));
    } else if (plan.steps[i].dst != plan.output) {
      const std::int64_t bytes = lowered.views[dst].size() * std::int64_t{sizeof(float)};
      value_buffer[dst] = arena.add(bytes, step, std::max(step, last[dst]));
    }
    const std::int64_t scratch_bytes = lowered.tasks[i]->scratch_bytes();
    if (scratch_bytes > 0) scratch_buffer[i] = arena.add(scratch_bytes, step, step);
  }
  arena.plan();
  const auto place = [&](int buffer) { return buffer < 0 ? -1 : arena.offset(buffer); };
  std::transform(value_buffer.begin(), value_buffer.end(), std::back_inserter(lowered.value_offset), place);
  std::transform(scratch_buffer.begin(), scratch_buffer.end(), std::back_inserter(lowered.scratch_offset), place);
  lowered.arena_bytes = arena.total_bytes();
}

/// Sizes and views; no tasks yet.
Lowered lay_out(const SharedModel& model, std::int64_t height, std::int64_t width) {
  if (height < 1 || width < 1 || height > kMaxSide || width > kMaxSide) {
    fail(ErrorCode::kInvalidArgument, "image of {} x {} pixels: both sides must be in 1..{}", width, height, kMaxSide);
  }
  Lowered lowered;
  lowered.input = {1, model.graph.input().channels, height, width};
  const std::vector<ir::Shape> shapes = ir::infer_shapes(model.graph, lowered.input);
  lowered.output = shapes[static_cast<std::size_t>(model.graph.output())];
  lowered.views = make_views(model.plan, shapes);
  return lowered;
}

/// oneDNN (2.6 at least) computes some offsets in 32 bits.
bool can_index(const Lowered& lowered) {
  return std::all_of(lowered.views.begin(), lowered.views.end(),
                     [](const View& view) { return view.size() <= std::numeric_limits<std::int32_t>::max(); });
}

void make_ready(const SharedModel& model, Lowered& lowered) {
  lowered.tasks = make_tasks(model, lowered.views);
  plan_memory(model.plan, lowered);
}

}  // namespace

Lowered lower(const SharedModel& model, std::int64_t height, std::int64_t width) {
  Lowered lowered = lay_out(model, height, width);
  if (!can_index(lowered)) {
    fail(ErrorCode::kOutOfMemory, "image of {} x {} pixels is too large for one session; cut it into tiles", width,
         height);
  }
  make_ready(model, lowered);
  return lowered;
}

std::int64_t count_arena_bytes(const SharedModel& model, std::int64_t height, std::int64_t width) {
  if (height > kMaxSide || width > kMaxSide) return kNoSession;
  Lowered lowered = lay_out(model, height, width);
  if (!can_index(lowered)) return kNoSession;
  make_ready(model, lowered);
  return lowered.arena_bytes;
}

}  // namespace genga::engine
