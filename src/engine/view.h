// Where the pixels of a value lie: geometry only, the memory comes at run time.
#pragma once

#include <cstdint>

#include "engine/parallel.h"
#include "engine/plan/plan.h"

namespace genga::engine {

struct View {
  ValueId value = -1;
  ir::Shape shape;         // of the image, without border
  int block_channels = 1;  // channels side by side; 1: planar
  ir::Pad border{};        // top, left, bottom, right
  ir::PadMode mode = ir::PadMode::kZero;

  Layout layout() const { return block_channels > 1 ? Layout::kBlocked : Layout::kPlanar; }
  std::int64_t blocks() const { return (shape.c + block_channels - 1) / block_channels; }
  std::int64_t stored_channels() const { return blocks() * block_channels; }
  std::int64_t stored_h() const { return shape.h + border[0] + border[2]; }
  std::int64_t stored_w() const { return shape.w + border[1] + border[3]; }
  std::int64_t size() const { return stored_channels() * stored_h() * stored_w(); }
  /// First pixel of row y of the image; y may lie in the border.
  std::int64_t offset(std::int64_t block, std::int64_t y) const {
    return ((block * stored_h() + y + border[0]) * stored_w() + border[1]) * block_channels;
  }
};

/// Source row or column for position i of an image of n, i in the border or not.
std::int64_t border_source(std::int64_t i, std::int64_t n, ir::PadMode mode);

/// Copies the border pixels left and right of a finished row.
void fill_sides(const View& view, float* row);

/// Calls make_row(block, y, dst) for every row of dst, border rows included (y is then the row they repeat), and
/// completes the sides.
template <class MakeRow>
void make_rows(const View& dst, float* base, const MakeRow& make_row) {
  const std::int64_t rows = dst.stored_h();
  parallel_for(dst.blocks() * rows, [&](std::int64_t i) {
    const std::int64_t block = i / rows;
    const std::int64_t y = i % rows - dst.border[0];
    float* row = base + dst.offset(block, y);
    make_row(block, border_source(y, dst.shape.h, dst.mode), row);
    fill_sides(dst, row);
  });
}

}  // namespace genga::engine
