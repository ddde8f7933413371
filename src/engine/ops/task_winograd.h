// Our own algorithm for most convolutions of stride 1; task_conv.cpp asks for it.
#pragma once

#include "engine/kernels/kernels.h"
#include "engine/ops/task.h"

namespace genga::engine {

/// True if the last transform of a tile can do the epilogue, since there is no curve in it; the tile then knows how.
bool fuse_epilogue(const Epilogue& epilogue, WinogradTile& tile);

/// The patch of side x side pixels at (y, x) of one block's pixels, which it sticks out of: what `mode` puts there.
/// patch holds zeros before.
void copy_patch_at_edge(const View& src, const float* plane, std::int64_t y, std::int64_t x, std::int64_t side,
                        ir::PadMode mode, float* patch);

/// Never depends on the image's size, so that a tile is computed as the whole image is.
bool suits_winograd(const ConvStep& step, Layout src);
TaskPtr make_winograd_task(const ConvStep& conv, const TaskSetup& setup);

/// For larger filters.
bool suits_large_winograd(const ConvStep& step, Layout src);
TaskPtr make_large_winograd_task(const ConvStep& conv, const TaskSetup& setup);

}  // namespace genga::engine
