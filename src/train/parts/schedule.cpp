// Learning rate schedules by name.
#include "train/parts/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "genga/error.h"
#include "genga/train.h"

namespace genga::train {

Schedule schedule_by_name(std::string_view name) {
  if (name == "constant") return {};
  if (name == "linear") return {.kind = ScheduleKind::kLinear};
  if (name == "step") return {.kind = ScheduleKind::kStep};
  if (name == "cosine") return {.kind = ScheduleKind::kCosine, .from = 0};
  if (name == "deligan") return {.kind = ScheduleKind::kLinear, .from = 0.25};
  fail(ErrorCode::kInvalidArgument, "schedule: is '{}', expected constant, linear, step, cosine or deligan", name);
}

Schedule schedule_of(const RunConfig& config) {
  Schedule schedule = schedule_by_name(config.schedule);
  if (schedule.kind != ScheduleKind::kStep) {
    schedule.from = config.schedule_from;
    schedule.end = config.lr_end;
  }
  return schedule;
}

double rate_fraction(const Schedule& schedule, std::int64_t step, std::int64_t n_steps) {
  const double done = static_cast<double>(step) / static_cast<double>(n_steps);
  const double fall = std::clamp((done - schedule.from) / std::max(1 - schedule.from, 1e-9), 0.0, 1.0);
  switch (schedule.kind) {
    case ScheduleKind::kLinear:
      return 1 - (1 - schedule.end) * fall;
    case ScheduleKind::kCosine:
      return schedule.end + (1 - schedule.end) * (1 + std::cos(std::numbers::pi * fall)) / 2;
    case ScheduleKind::kStep:
      return (done >= schedule.first ? schedule.factor : 1) * (done >= schedule.second ? schedule.factor : 1);
    case ScheduleKind::kConstant:
      break;
  }
  return 1;
}

}  // namespace genga::train
