// Networks with larger or smaller strokes. A network draws strokes of a fixed size in pixels. For larger strokes it
// runs on a reduced image too: low frequencies come from that result, high ones from the result at full size, as in a
// Laplacian pyramid of one step (Burt and Adelson 1983). For smaller strokes it runs on an enlarged image, and the
// result is reduced.
#include <fmt/format.h>

#include <cmath>

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

void add_smaller(weights::Model& scaled, const weights::Model& model, ir::NodeId input) {
  ir::Graph& graph = scaled.graph;
  const ir::NodeId enlarged = graph.add("enlarged", enlarge_by(2), {input});  // [N,C,2H,2W]
  const ir::NodeId fine = add_branch(scaled, model, "fine.", enlarged);       // [N,C,2H,2W]
  graph.set_output(graph.add("reduced", reduce_by(2), {fine}));               // [N,C,H,W]
}

void add_larger(weights::Model& scaled, const weights::Model& model, ir::NodeId input, int factor) {
  ir::Graph& graph = scaled.graph;
  const ir::NodeId reduced = graph.add("reduced", reduce_by(factor), {input});  // [N,C,H/f,W/f]
  const ir::NodeId coarse = add_branch(scaled, model, "coarse.", reduced);      // [N,C,H/f,W/f]
  const ir::NodeId fine = add_branch(scaled, model, "fine.", input);            // [N,C,H,W]
  const ir::NodeId forms = graph.add("fine_forms", reduce_by(factor), {fine});  // [N,C,H/f,W/f]
  const ir::NodeId without = graph.add("minus_forms", ir::Affine{.scale = -1}, {forms});
  const ir::NodeId change = graph.add("change", ir::Add{}, {coarse, without});  // [N,C,H/f,W/f]
  graph.set_output(graph.add("sum", ir::Add{}, {fine, graph.add("enlarged", enlarge_by(factor), {change})}));
}

}  // namespace

bool is_stroke_scale(double scale) {
  return scale == kSmallStrokeScale || (scale >= 1 && scale <= kMaxStrokeScale && scale == std::floor(scale));
}

weights::Model with_stroke_scale(const weights::Model& model, double scale) {
  if (!is_stroke_scale(scale)) {
    fail(ErrorCode::kInvalidArgument, "stroke scale: is {}, expected {} or a whole number from 1 to {}", scale,
         kSmallStrokeScale, kMaxStrokeScale);
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
  if (scale < 1) {
    add_smaller(scaled, model, input);
  } else {
    add_larger(scaled, model, input, static_cast<int>(scale));
  }
  return scaled;
}

}  // namespace genga::transform
