// The arithmetic of tiles: an image is padded to what the net accepts, then covered by windows of one size, so that
// one session serves them all. A window reads `border` more than it gives, except at the image's own borders, where
// it ends as the whole image does and the net's padding acts alike.
#pragma once

#include <vector>

#include "genga/graph.h"
#include "genga/stylize.h"

namespace genga::stylize {

/// The padded image: at least the given size, multiples of the net's multiple, not too small for its padding.
struct Frame {
  int width = 0, height = 0;
};
/// Throws Error: kUnsupported if the net accepts no size.
Frame padded_frame(const ir::Graph& graph, int width, int height);

/// One window of a row or column of windows, in padded pixels.
struct Cut {
  int window = 0;          // where it begins to read; its length is the same for all
  int begin = 0, end = 0;  // what it gives
};
/// Cuts [0, length) by windows of the given length. Requires: window == length, or length > window > 2 * border.
std::vector<Cut> cut_line(int length, int window, int border);

/// Length of a window that gives `inner` pixels.
inline int window_length(int length, int inner, int border) {
  return inner >= length - 2 * border ? length : inner + 2 * border;
}

/// The source pixel behind a padded one: reflected at the far end without repeating the edge, as often as needed.
int mirrored(int position, int length);

/// Rows that leave a tile as wide as the image at a time.
inline constexpr int kStripRows = 64;

/// Memory to plan for when the user gave none.
std::int64_t default_memory();

}  // namespace genga::stylize
