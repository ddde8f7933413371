// Convolutions with few, planar results; fuse.cpp decides which, task_conv.cpp asks for them.
#pragma once

#include "engine/ops/task.h"

namespace genga::engine {

inline constexpr int kMaxNarrowResults = 4;

bool suits_narrow_conv(const ConvStep& step);
/// The source is blocked, the result planar; of the epilogue there is the first activation at most.
TaskPtr make_narrow_conv_task(const ConvStep& conv, const TaskSetup& setup);

}  // namespace genga::engine
