// A lowered plan as text, one line a step.
#pragma once

#include <string>

#include "engine/plan/lowered.h"

namespace genga::engine {

std::string describe(const SharedModel& model, const Lowered& lowered);
/// What step i does, its result's size, its algorithm, its nodes.
std::string describe_step(const SharedModel& model, const Lowered& lowered, std::size_t i);
/// Multiply-adds of step i as its convolution is written; 0 for other steps.
std::int64_t count_step_macs(const SharedModel& model, const Lowered& lowered, std::size_t i);

}  // namespace genga::engine
