// From a model to a compiled one: the passes over the plan, in their order, and the facade over sessions.
#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "engine/kernels/isa.h"
#include "engine/load_module.h"
#include "engine/plan/describe.h"
#include "engine/plan/lowered.h"
#include "engine/session.h"
#include "genga/base.h"
#include "genga/engine.h"
#include "genga/error.h"

namespace genga::engine {
namespace {

bool plain_by_environment() {
  const char* wish = std::getenv("GENGA_ENGINE");
  return wish && std::string_view(wish) == "plain";
}

void check_precision(Precision precision) {
  if (has_precision(precision)) return;
  fail(ErrorCode::kUnsupported,
       "engine: precision {} was asked for, but this processor (or ONEDNN_MAX_CPU_ISA) has no instructions for it; use "
       "f32, or auto for the fastest there is",
       name_of(precision));
}

Plan make_plan(const ir::Graph& graph, const weights::TensorMap& tensors, bool fused, Precision precision) {
  Plan plan = build_plan(graph, tensors, kernels().block_channels);
  if (fused) fuse_color_maps(plan);
  place_layouts(plan);
  remove_dead_steps(plan);
  if (fused) fuse(plan);
  lower_precision(plan, precision);
  place_borders(plan, fused);
  return plan;
}

class Compiled : public CompiledModel {
 public:
  explicit Compiled(std::shared_ptr<const SharedModel> shared)
      : shared_(std::move(shared)), receptive_field_(ir::receptive_field(shared_->graph)) {}

  const ir::Graph& graph() const override { return shared_->graph; }
  ir::ReceptiveField receptive_field() const override { return receptive_field_; }

  std::unique_ptr<Session> session(std::int64_t height, std::int64_t width) const override {
    return make_session(shared_, lower(*shared_, height, width));
  }
  std::int64_t session_bytes(std::int64_t height, std::int64_t width) const override {
    return count_arena_bytes(*shared_, height, width);
  }
  bool in_place() const override {
    const Plan& plan = shared_->plan;
    const auto last = plan.steps.begin() + std::max(producer_of(plan, plan.output), 0);
    return std::none_of(last, plan.steps.end(), [&](const Step& step) {
      const std::vector<ValueId> reads = step.reads();
      return std::find(reads.begin(), reads.end(), plan.input) != reads.end();
    });
  }
  std::string describe(std::int64_t height, std::int64_t width) const override {
    return engine::describe(*shared_, lower(*shared_, height, width));
  }

 private:
  std::shared_ptr<const SharedModel> shared_;
  ir::ReceptiveField receptive_field_;
};

}  // namespace

std::shared_ptr<const CompiledModel> compile(const weights::Model& model, const EngineOptions& options) {
  if (options.threads < 0) {
    fail(ErrorCode::kInvalidArgument, "engine: threads is {}, expected 0 (all cores) or more", options.threads);
  }
  if (model.graph.output() < 0) fail(ErrorCode::kInvalidArgument, "the graph has no output; call set_output()");
  if (const Module* module = module_for(options.device)) return module->compile(model, options);
  check_precision(options.precision);
  auto shared = std::make_shared<SharedModel>();
  shared->graph = ir::subgraph(model.graph, model.graph.output());  // side branches cost nothing
  shared->threads = options.threads > 0 ? options.threads : available_cores();
  shared->fused = !options.plain && !plain_by_environment();
  shared->plan = make_plan(shared->graph, model.tensors, shared->fused, options.precision);
  return std::make_shared<Compiled>(std::move(shared));
}

}  // namespace genga::engine
