// Which sizes a network accepts, and how an image is cut into tiles. The image is padded to a size that the network
// accepts, then covered by windows of one size, so that one session serves them all. A window is larger than the tile
// it gives by `border` pixels on each side, except at the image's own borders, where the network's padding must act as
// it does on the whole image.
#pragma once

#include <vector>

#include "genga/graph.h"
#include "genga/stylize.h"

namespace genga::stylize {

/// The sizes that a network accepts: multiples of `multiple` pixels, at least min_side.
struct SizeRule {
  int multiple = 1;
  int min_side = 1;
};
/// multiple: ir::ReceptiveField::multiple of the graph. Throws Error: kUnsupported if the network accepts no square.
SizeRule size_rule(const ir::Graph& graph, int multiple);

/// Size of the padded image, in pixels.
struct PaddedSize {
  int width = 0, height = 0;
};
/// The smallest accepted size that holds width x height.
PaddedSize padded_size(const SizeRule& rule, int width, int height);

/// One window along an axis, in padded pixels.
struct TileSpan {
  int window = 0;          // where it begins to read; its length is the same for all
  int begin = 0, end = 0;  // what its tile gives, end not included
};
/// Cuts [0, length) by windows of the given length. Requires: window == length, or length > window > 2 * border.
std::vector<TileSpan> cut_line(int length, int window, int border);

/// Length of a window that gives `inner` pixels.
inline int window_length(int length, int inner, int border) {
  return inner >= length - 2 * border ? length : inner + 2 * border;
}

/// A tile that is as wide as the image hands on so many rows at a time.
inline constexpr int kStripRows = 64;

/// Bytes to plan for when the user gave no limit.
std::int64_t default_memory();

}  // namespace genga::stylize
