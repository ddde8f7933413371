// Our own algorithm for most convolutions of stride 1; task_conv.cpp asks for it.
#pragma once

#include "engine/task.h"

namespace genga::engine {

/// Never depends on the picture's size, so that a tile is computed as the whole picture is.
bool suits_winograd(const ConvStep& step, Layout src);
TaskPtr make_winograd_task(const ConvStep& conv, const TaskSetup& setup);

/// For larger filters.
bool suits_large_winograd(const ConvStep& step, const View& src);
TaskPtr make_large_winograd_task(const ConvStep& conv, const TaskSetup& setup);

}  // namespace genga::engine
