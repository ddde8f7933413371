// The progress of a training run as text.
#pragma once

#include <cstddef>
#include <string>

#include "genga/train.h"

namespace genga::cli {

/// At most columns - 1 characters. Where little space is left, whole parts go, the least important first; "+3" counts
/// the terms that did not fit. color: the bar is colored, by escape sequences that do not count.
std::string progress_line(const train::StepReport& report, std::size_t columns, bool color = false);
/// Everything, for logs.
std::string plain_progress_line(const train::StepReport& report);

}  // namespace genga::cli
