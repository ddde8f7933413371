// A lowered plan as text, one line a step.
#pragma once

#include <string>

#include "engine/lowered.h"

namespace genga::engine {

std::string describe(const SharedModel& model, const Lowered& lowered);

}  // namespace genga::engine
