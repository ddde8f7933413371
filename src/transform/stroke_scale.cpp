// Networks with larger or smaller strokes. A network draws strokes of a fixed size in pixels. For larger strokes it
// runs on a reduced image too: low frequencies come from that result, high ones from the result at full size, as in a
// Laplacian pyramid of one step (Burt and Adelson 1983). For smaller strokes it runs on an enlarged image, and the
// result is reduced. Scales between are mixed.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>

#include "genga/error.h"
#include "genga/transform.h"
#include "transform/branches.h"

namespace genga::transform {
namespace {

ir::Pool2d reduce_by(int factor) {
  return {.kind = ir::PoolKind::kAverage, .kernel = factor, .stride = factor};
}

ir::Upsample enlarge_by(int factor) {
  return {.factor = factor, .mode = ir::UpsampleMode::kHalfPixel};
}

ir::NodeId times(ir::Graph& graph, const std::string& name, double factor, ir::NodeId src) {
  return graph.add(name, ir::Affine{.scale = static_cast<float>(factor)}, {src});
}

/// The network on an image twice as large, reduced again. [N,C,H,W]
ir::NodeId add_smaller(weights::Model& scaled, const weights::Model& model, ir::NodeId input) {
  ir::Graph& graph = scaled.graph;
  const ir::NodeId enlarged = graph.add("enlarged", enlarge_by(2), {input});  // [N,C,2H,2W]
  const ir::NodeId small = add_branch(scaled, model, "small.", enlarged);     // [N,C,2H,2W]
  return graph.add("reduced", reduce_by(2), {small});
}

/// What the low frequencies of `fine` lack of the result on an image that is reduced by `factor`. [N,C,H,W]
ir::NodeId add_change(weights::Model& scaled, const weights::Model& model, ir::NodeId input, ir::NodeId fine,
                      int factor) {
  ir::Graph& graph = scaled.graph;
  const std::string by = fmt::format("_{}", factor);
  const ir::NodeId reduced = graph.add("reduced" + by, reduce_by(factor), {input});            // [N,C,H/f,W/f]
  const ir::NodeId coarse = add_branch(scaled, model, fmt::format("coarse{}.", by), reduced);  // [N,C,H/f,W/f]
  const ir::NodeId forms = graph.add("fine_forms" + by, reduce_by(factor), {fine});            // [N,C,H/f,W/f]
  const ir::NodeId change = graph.add("change" + by, ir::Add{}, {coarse, times(graph, "minus_forms" + by, -1, forms)});
  return graph.add("enlarged" + by, enlarge_by(factor), {change});
}

/// Scales between two are mixed from both.
void add_scaled(weights::Model& scaled, const weights::Model& model, ir::NodeId input, double scale) {
  ir::Graph& graph = scaled.graph;
  if (scale < 1) {
    ir::NodeId result = add_smaller(scaled, model, input);
    const double fraction = (scale - kMinStrokeScale) / (1 - kMinStrokeScale);  // of strokes of full size
    if (fraction > 0) {
      const ir::NodeId full = add_branch(scaled, model, "full.", input);
      result = graph.add("mix", ir::Add{},
                         {times(graph, "less_small", 1 - fraction, result), times(graph, "less_full", fraction, full)});
    }
    graph.set_output(result);
    return;
  }
  const int factor = static_cast<int>(scale);
  const double fraction = scale - factor;  // of the next larger factor
  const ir::NodeId fine = add_branch(scaled, model, "fine.", input);
  ir::NodeId sum = fine;
  for (const auto& [f, weight] : {std::pair{factor, 1 - fraction}, {factor + 1, fraction}}) {
    if (f == 1 || weight == 0) continue;
    const ir::NodeId change = add_change(scaled, model, input, fine, f);
    const std::string name = fmt::format("sum_{}", f);
    sum = graph.add(name, ir::Add{}, {sum, weight == 1 ? change : times(graph, "less_" + name, weight, change)});
  }
  graph.set_output(sum);
}

}  // namespace

bool is_stroke_scale(double scale) {
  return scale >= kMinStrokeScale && scale <= kMaxStrokeScale &&
         scale / kStrokeScaleStep == std::floor(scale / kStrokeScaleStep);
}

weights::Model with_stroke_scale(const weights::Model& model, double scale) {
  if (!is_stroke_scale(scale)) {
    fail(ErrorCode::kInvalidArgument, "stroke scale: is {}, expected {} to {} in steps of {}", scale, kMinStrokeScale,
         kMaxStrokeScale, kStrokeScaleStep);
  }
  if (scale == 1) return model;
  const ir::Shape probe = ir::probe_shape(model.graph);
  if (ir::infer_shapes(model.graph, probe)[static_cast<std::size_t>(model.graph.output())] != probe) {
    fail(ErrorCode::kUnsupported, "model '{}': changes the image's size, so its strokes cannot be scaled",
         model.card.name);
  }
  weights::Model scaled;
  scaled.card = model.card;
  scaled.card.sized_for = static_cast<int>(std::lround(scale * model.card.sized_for));
  const ir::NodeId input = scaled.graph.add("x", model.graph.input());
  add_scaled(scaled, model, input, scale);
  return scaled;
}

}  // namespace genga::transform
