#include <algorithm>

#include "genga/error.h"
#include "stylize/tile_plan.h"

namespace genga::stylize {
namespace {

constexpr int kMaxSmallestSide = 1024;

int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// Reflection needs more pixels than it adds, at every scale of the net; asking shape inference is the whole rule.
int smallest_side(const ir::Graph& graph, int multiple) {
  for (int side = multiple; side <= std::max(multiple, kMaxSmallestSide); side += multiple) {
    try {
      ir::infer_shapes(graph, {.n = 1, .c = graph.input().channels, .h = side, .w = side});
      return side;
    } catch (const Error&) {
      continue;
    }
  }
  fail(ErrorCode::kUnsupported, "the network accepts no square image of up to {} pixels a side",
       std::max(multiple, kMaxSmallestSide));
}

}  // namespace

Frame padded_frame(const ir::Graph& graph, int width, int height) {
  const int multiple = ir::receptive_field(graph).multiple;
  const int minimum = smallest_side(graph, multiple);
  return {.width = std::max(minimum, round_up(width, multiple)), .height = std::max(minimum, round_up(height, multiple))};
}

std::vector<Cut> cut_line(int length, int window, int border) {
  std::vector<Cut> cuts;
  int begin = 0;
  while (begin < length) {
    const int start = std::min(std::max(0, begin - border), length - window);
    const bool last = start + window == length;
    const int end = last ? length : start + window - border;
    cuts.push_back({.window = start, .begin = begin, .end = end});
    begin = end;
  }
  return cuts;
}

int mirrored(int position, int length) {
  if (length == 1) return 0;
  const int period = 2 * (length - 1);
  const int phase = position % period;
  return phase < length ? phase : period - phase;
}

}  // namespace genga::stylize
