// What genga train run --dry-run prints.
#pragma once

#include <string>

#include "genga/train.h"

namespace genga::cli {

/// Images, licences, networks, memory and time of a run with this config: a line each. Runs a few steps to measure
/// them. Throws Error as train::plan_run does.
std::string plan_text(const train::RunConfig& config);

}  // namespace genga::cli
