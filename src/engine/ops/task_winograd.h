// Our own algorithm for most convolutions of stride 1; task_conv.cpp asks for it.
#pragma once

#include <array>

#include "engine/kernels/kernels.h"
#include "engine/ops/task.h"

namespace genga::engine {

/// True if the last transform of a tile can do the epilogue, since there is no curve in it; the tile then knows how.
bool fuse_epilogue(const Epilogue& epilogue, WinogradTile& tile);

/// Copies the patch of side x side pixels at (y, x) of one block's plane, which it sticks out of; outside lies what
/// `mode` puts there. patch: [side][side][block channels], zeros before.
void copy_patch_at_edge(const View& src, const float* plane, std::int64_t y, std::int64_t x, std::int64_t side,
                        ir::PadMode mode, float* patch);

/// Calls transform(first pixel, floats from row to row) with the patch of kSide x kSide pixels at (y, x) of one block's
/// plane: where it lies, or a copy of it if it sticks out of the image.
template <std::int64_t kSide, class Transform>
void with_patch(const View& src, const float* plane, std::int64_t y, std::int64_t x, ir::PadMode mode,
                const Transform& transform) {
  const std::int64_t row_stride = src.stored_w() * src.block_channels;
  if (y >= 0 && x >= 0 && y + kSide <= src.shape.h && x + kSide <= src.shape.w) {
    return transform(plane + y * row_stride + x * src.block_channels, row_stride);
  }
  std::array<float, kSide * kSide * kMaxBlockChannels> patch{};
  copy_patch_at_edge(src, plane, y, x, kSide, mode, patch.data());
  transform(patch.data(), kSide * src.block_channels);
}

/// Never depends on the image's size, so that a tile is computed as the whole image is.
bool suits_winograd(const ConvStep& step, Layout src);
TaskPtr make_winograd_task(const ConvStep& conv, const TaskSetup& setup);

/// For larger filters.
bool suits_large_winograd(const ConvStep& step, Layout src);
TaskPtr make_large_winograd_task(const ConvStep& conv, const TaskSetup& setup);

}  // namespace genga::engine
