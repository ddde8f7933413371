// Whole-graph questions that follow from the per-op rules: shapes, weights, parameter and MAC counts.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "genga/error.h"
#include "genga/graph.h"
#include "genga/overloaded.h"
#include "ir/op_rules.h"

namespace genga::ir {
namespace {

template <class T>
std::vector<T> pick(const std::vector<T>& all, const std::vector<NodeId>& ids) {
  std::vector<T> picked;
  picked.reserve(ids.size());
  for (const NodeId id : ids) picked.push_back(all[static_cast<std::size_t>(id)]);
  return picked;
}

std::int64_t saturating_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

/// Empty, or why the graph takes no input of this shape.
std::string problem_of_input(const Node& node, const Shape& shape) {
  const auto& input = std::get<Input>(node.op);
  const auto fits = [](int wanted, std::int64_t got) { return wanted == 0 || wanted == got; };
  if (shape.n < 1 || shape.c != input.channels || !fits(input.height, shape.h) || !fits(input.width, shape.w) ||
      shape.h < 1 || shape.w < 1) {
    const auto side = [](int value) { return value == 0 ? std::string("any") : std::to_string(value); };
    return fmt::format("the input is {}, expected [any,{},{},{}]", to_string(shape), input.channels, side(input.height),
                       side(input.width));
  }
  const std::string problem = too_large(shape);
  return problem.empty() ? problem : fmt::format("Input '{}': {}", node.name, problem);
}

/// The shapes of all nodes, or the first problem, with the node's name.
std::variant<std::vector<Shape>, std::string> shapes_or_problem(const Graph& graph, const Shape& input) {
  graph.input();  // for its error: a graph without nodes
  if (std::string problem = problem_of_input(graph.nodes().front(), input); !problem.empty()) return problem;
  std::vector<Shape> shapes = {input};
  shapes.reserve(graph.nodes().size());
  for (const Node& node : std::span(graph.nodes()).subspan(1)) {
    const ShapeOrProblem result = infer_shape(node.op, pick(shapes, node.src));
    if (const auto* problem = std::get_if<std::string>(&result))
      return fmt::format("{} '{}': {}", type_name(node.op), node.name, *problem);
    shapes.push_back(std::get<Shape>(result));
  }
  return shapes;
}

/// By node: whether its height and width follow the image's. Not so behind GlobalPool.
std::vector<bool> follow_image(const Graph& graph) {
  std::vector<bool> follows;
  for (const Node& node : graph.nodes()) {
    follows.push_back(std::visit(overloaded{
                                     [](const Input& o) { return o.height == 0 || o.width == 0; },
                                     [](const GlobalPool&) { return false; },
                                     [](const Linear&) { return false; },
                                     [](const Reshape&) { return false; },
                                     [&](const auto&) {
                                       return std::any_of(node.src.begin(), node.src.end(), [&](NodeId id) {
                                         return follows[static_cast<std::size_t>(id)];
                                       });
                                     },
                                 },
                                 node.op));
  }
  return follows;
}

}  // namespace

std::int64_t WeightSpec::size() const {
  return saturating_product(dims);
}

std::vector<Shape> infer_shapes(const Graph& graph, const Shape& input) {
  std::variant<std::vector<Shape>, std::string> result = shapes_or_problem(graph, input);
  if (const auto* problem = std::get_if<std::string>(&result)) fail(ErrorCode::kInvalidArgument, "{}", *problem);
  return std::get<std::vector<Shape>>(std::move(result));
}

bool accepts(const Graph& graph, const Shape& input) {
  return std::holds_alternative<std::vector<Shape>>(shapes_or_problem(graph, input));
}

Shape probe_shape(const Graph& graph) {
  const Input& input = graph.input();
  const std::int64_t multiple = receptive_field(graph).multiple;
  const std::int64_t minimum = (64 + multiple - 1) / multiple * multiple;
  const auto shape = [&](std::int64_t side) {
    return Shape{1, input.channels, input.height > 0 ? input.height : side, input.width > 0 ? input.width : side};
  };
  // Deep discriminators with mirrored borders need more than 64 px.
  for (std::int64_t side = minimum; side <= 8 * minimum; side *= 2) {
    if (accepts(graph, shape(side))) return shape(side);
    if (input.height > 0 && input.width > 0) break;
  }
  return shape(minimum);  // whoever infers shapes from it gets the error
}

std::vector<WeightSpec> weight_specs(const Node& node, const std::vector<Shape>& src) {
  std::vector<WeightSpec> specs = weights_of(node.op, src);
  for (WeightSpec& spec : specs) {
    if (spec.size() > kMaxElements) {
      fail(ErrorCode::kInvalidArgument, "{} '{}': {} would be [{}], more than {} elements", type_name(node.op),
           node.name, spec.name, fmt::join(spec.dims, ","), kMaxElements);
    }
    spec.name = node.name + "." + spec.name;
  }
  return specs;
}

std::vector<WeightSpec> weight_specs(const Graph& graph) {
  const std::vector<Shape> shapes = infer_shapes(graph, probe_shape(graph));
  const std::vector<bool> follows = follow_image(graph);
  std::vector<WeightSpec> all;
  for (const Node& node : graph.nodes()) {
    if (node.src.empty()) continue;
    if (std::holds_alternative<Linear>(node.op) && follows[static_cast<std::size_t>(node.src[0])]) {
      fail(ErrorCode::kInvalidArgument,
           "Linear '{}': its source grows with the image; it needs an Input of fixed height and width, or a "
           "GlobalPool before it",
           node.name);
    }
    std::vector<WeightSpec> specs = weight_specs(node, pick(shapes, node.src));
    std::move(specs.begin(), specs.end(), std::back_inserter(all));
  }
  return all;
}

std::int64_t count_parameters(const Graph& graph) {
  std::int64_t count = 0;
  for (const WeightSpec& spec : weight_specs(graph)) count = saturating_sum(count, spec.trainable ? spec.size() : 0);
  return count;
}

std::int64_t count_macs(const Graph& graph, const Shape& input) {
  const std::vector<Shape> shapes = infer_shapes(graph, input);
  std::int64_t count = 0;
  for (std::size_t i = 1; i < shapes.size(); ++i) {
    const Node& node = graph.nodes()[i];
    count = saturating_sum(count, macs_of(node.op, pick(shapes, node.src), shapes[i]));
  }
  return count;
}

}  // namespace genga::ir
