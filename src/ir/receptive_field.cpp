// The receptive field of a graph, from those of its ops: the exact border and alignment of tiles.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "genga/error.h"
#include "genga/graph.h"
#include "ir/op_rules.h"

namespace genga::ir {
namespace {

constexpr double kMaxStep = 1 << 16;

}  // namespace

ReceptiveField receptive_field(const Graph& graph) {
  const std::vector<bool> live =
      graph.output() < 0 ? std::vector<bool>(graph.nodes().size(), true) : live_nodes(graph, graph.output());
  std::vector<Interval> intervals;
  ReceptiveField result;
  std::int64_t multiple = 1;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const Node& node = graph.nodes()[i];
    std::vector<Interval> src;
    for (const NodeId id : node.src) src.push_back(intervals[static_cast<std::size_t>(id)]);
    const char* reason = global_reason(node.op);
    if (reason != nullptr && live[i] && result.local) {
      result.local = false;
      result.global_because = fmt::format("{} '{}' {}", type_name(node.op), node.name, reason);
    }
    try {
      // Linear and Reshape have no scale of their own; tiling is impossible behind them, the multiple still counts.
      intervals.push_back(interval_of(node.op, src));
    } catch (const Error& error) {
      throw error.with_context(fmt::format("{} '{}'", type_name(node.op), node.name));
    }
    const double step = intervals.back().step;
    if (step > kMaxStep) {
      fail(ErrorCode::kInvalidArgument, "{} '{}': reduces the input more than {} times", type_name(node.op), node.name,
           kMaxStep);
    }
    // Dead nodes count too: infer_shapes() checks them all.
    if (step >= 1 && step == std::floor(step)) {
      multiple = std::lcm(multiple, static_cast<std::int64_t>(step));
    }
    if (multiple > static_cast<std::int64_t>(kMaxStep)) {
      fail(ErrorCode::kInvalidArgument, "{} '{}': sizes would have to be multiples of {}", type_name(node.op),
           node.name, multiple);
    }
  }
  result.multiple = static_cast<int>(multiple);
  const std::size_t last = graph.output() < 0 ? intervals.size() - 1 : static_cast<std::size_t>(graph.output());
  if (!intervals.empty()) {
    const double border = std::max(-intervals[last].low, intervals[last].high);
    const double capped = std::min(border, 1e9);
    result.border_px =
        static_cast<int>((static_cast<std::int64_t>(std::ceil(capped)) + multiple - 1) / multiple * multiple);
  }
  if (result.local && !intervals.empty() && intervals[last].step != 1) {
    result.local = false;
    result.global_because = intervals[last].step > 1
                                ? fmt::format("the output is {} times smaller than the input", intervals[last].step)
                                : fmt::format("the output is {} times larger than the input", 1 / intervals[last].step);
  }
  return result;
}

}  // namespace genga::ir
