// The size that an image is padded to, and the windows that cover a row or column of it.
#include <algorithm>

#include "genga/error.h"
#include "stylize/tile_plan.h"

namespace genga::stylize {
namespace {

constexpr int kMaxSmallestSide = 1024;

int round_up(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// Reflection needs more pixels than it adds, at every scale of the network; shape inference knows all such rules.
int smallest_side(const ir::Graph& graph, int multiple) {
  for (int side = multiple; side <= std::max(multiple, kMaxSmallestSide); side += multiple) {
    if (ir::accepts(graph, {.n = 1, .c = graph.input().channels, .h = side, .w = side})) return side;
  }
  fail(ErrorCode::kUnsupported, "the network accepts no square image of up to {} pixels a side",
       std::max(multiple, kMaxSmallestSide));
}

}  // namespace

SizeRule size_rule(const ir::Graph& graph, int multiple) {
  return {.multiple = multiple, .min_side = smallest_side(graph, multiple)};
}

PaddedSize padded_size(const SizeRule& rule, int width, int height) {
  return {.width = std::max(rule.min_side, round_up(width, rule.multiple)),
          .height = std::max(rule.min_side, round_up(height, rule.multiple))};
}

std::vector<TileSpan> cut_line(int length, int window, int border) {
  std::vector<TileSpan> spans;
  int begin = 0;
  while (begin < length) {
    const int start = std::min(std::max(0, begin - border), length - window);
    const bool last = start + window == length;
    const int end = last ? length : start + window - border;
    spans.push_back({.window = start, .begin = begin, .end = end});
    begin = end;
  }
  return spans;
}

}  // namespace genga::stylize
