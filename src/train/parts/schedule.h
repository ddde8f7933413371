// The learning rate's fraction of its start over a run: a function of the step alone, so there is nothing to resume.
// algorithms.md 1.11.
#pragma once

#include <cstdint>
#include <string_view>

namespace genga::train {

enum class ScheduleKind { kConstant, kLinear, kStep, kCosine };

struct Schedule {
  ScheduleKind kind = ScheduleKind::kConstant;
  double from = 0.5;                                // fraction of the run after which kLinear and kCosine fall
  double end = 0;                                   // fraction of the rate at the run's end (kLinear, kCosine)
  double factor = 0.1, first = 0.5, second = 0.75;  // kStep: times factor at these fractions of the run
};

/// "constant", "linear" (CycleGAN, CUT, U-GAT-IT), "step" (CartoonGAN), "cosine", "deligan" (linear after a quarter of
/// the run: DeLiGAN's min(4 - e/1000, 3)/3 of 4000 epochs). Throws Error: kInvalidArgument.
Schedule schedule_by_name(std::string_view name);

struct RunConfig;
/// That of a run.
Schedule schedule_of(const RunConfig& config);

/// In [0,1]. step: from 0; n_steps > 0.
double rate_fraction(const Schedule& schedule, std::int64_t step, std::int64_t n_steps);

}  // namespace genga::train
