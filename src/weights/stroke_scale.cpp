// Strokes have the size they were learnt at, in pixels. On a reduced picture they cover more of it; what is lost by
// reducing comes back from the network's own result at full size: coarse forms of the one, fine detail of the other, as
// in a Laplacian pyramid of one step (Burt and Adelson 1983).
#include <fmt/format.h>

#include "genga/error.h"
#include "genga/weights.h"
#include "weights/branches.h"

namespace genga::weights {

Model with_larger_strokes(const Model& model, int factor) {
  if (factor < 1 || factor > kMaxStrokeScale) {
    fail(ErrorCode::kInvalidArgument, "stroke scale: is {}, expected 1 to {}", factor, kMaxStrokeScale);
  }
  if (factor == 1) return model;
  const ir::Shape probe = ir::probe_shape(model.graph);
  if (ir::infer_shapes(model.graph, probe)[static_cast<std::size_t>(model.graph.output())] != probe) {
    fail(ErrorCode::kUnsupported, "model '{}': changes the picture's size, so its strokes cannot be scaled",
         model.card.name);
  }
  const ir::Pool2d reduce{.kind = ir::PoolKind::kAverage, .kernel = factor, .stride = factor};
  const ir::Upsample enlarge{.factor = factor, .mode = ir::UpsampleMode::kHalfPixel};
  Model scaled;
  scaled.card = model.card;
  scaled.card.sized_for *= factor;
  ir::Graph& graph = scaled.graph;
  const ir::NodeId input = graph.add("x", model.graph.input());
  const ir::NodeId reduced = graph.add("reduced", reduce, {input});         // [N,C,H/f,W/f]
  const ir::NodeId coarse = add_branch(scaled, model, "coarse.", reduced);  // [N,C,H/f,W/f]
  const ir::NodeId fine = add_branch(scaled, model, "fine.", input);        // [N,C,H,W]
  const ir::NodeId forms = graph.add("fine_forms", reduce, {fine});         // [N,C,H/f,W/f]
  const ir::NodeId without = graph.add("minus_forms", ir::Affine{.scale = -1}, {forms});
  const ir::NodeId change = graph.add("change", ir::Add{}, {coarse, without});  // [N,C,H/f,W/f]
  graph.set_output(graph.add("sum", ir::Add{}, {fine, graph.add("enlarged", enlarge, {change})}));
  return scaled;
}

}  // namespace genga::weights
