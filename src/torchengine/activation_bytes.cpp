// An upper estimate of the memory of one run, from shapes alone.
#include "torchengine/activation_bytes.h"

#include <algorithm>
#include <limits>

#include "genga/engine.h"

namespace genga::torchengine {
namespace {

// Copies of an op's sources and result that live at once: a padded one, one of another order, one of another type.
constexpr std::int64_t kCopies = 3;

std::vector<std::size_t> last_reads(const ir::Graph& graph) {
  std::vector<std::size_t> last(graph.nodes().size(), 0);
  for (std::size_t i = 0; i < last.size(); ++i) {
    for (const ir::NodeId src : graph.nodes()[i].src) last[static_cast<std::size_t>(src)] = i;
  }
  last[static_cast<std::size_t>(graph.output())] = last.size();
  return last;
}

}  // namespace

std::int64_t count_activation_bytes(const ir::Graph& graph, std::int64_t height, std::int64_t width) {
  const std::vector<ir::Shape> shapes = ir::infer_shapes(graph, {1, graph.input().channels, height, width});
  const std::vector<std::size_t> last = last_reads(graph);
  std::int64_t live = 0, maximum = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].size() > std::numeric_limits<std::int32_t>::max()) return engine::kNoSession;
    live += shapes[i].size();
    std::int64_t copied = shapes[i].size();
    for (const ir::NodeId src : graph.nodes()[i].src) {
      copied = std::max(copied, shapes[static_cast<std::size_t>(src)].size());
    }
    maximum = std::max(maximum, live + kCopies * copied);
    for (std::size_t j = 0; j <= i; ++j) {
      if (last[j] == i) live -= shapes[j].size();
    }
  }
  return maximum * std::int64_t{sizeof(float)};
}

}  // namespace genga::torchengine
