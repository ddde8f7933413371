// What ProgressBar writes, as text.
#pragma once

#include <cstddef>
#include <string>

#include "genga/train.h"

namespace genga::train {

/// At most columns - 1 characters. Where little room is left, whole parts go, the least important first; "+3" counts
/// the terms that did not fit.
std::string progress_line(const StepReport& report, std::size_t columns);
/// Everything, for logs.
std::string plain_progress_line(const StepReport& report);

/// "0:07", "12:34", "1:02:03", "2 d 3:04"; "?" if not known.
std::string duration_text(double seconds);

}  // namespace genga::train
