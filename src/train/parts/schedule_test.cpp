// Schedules at their corners.
#include "train/parts/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "genga/error.h"

namespace genga::train {
namespace {

double fraction(const char* name, std::int64_t step) {
  return rate_fraction(schedule_by_name(name), step, 1000);
}

TEST(Schedule, ConstantStays) {
  EXPECT_EQ(fraction("constant", 0), 1);
  EXPECT_EQ(fraction("constant", 999), 1);
}

TEST(Schedule, LinearFallsOverTheSecondHalf) {
  EXPECT_EQ(fraction("linear", 499), 1);
  EXPECT_NEAR(fraction("linear", 750), 0.5, 1e-12);
  EXPECT_NEAR(fraction("linear", 999), 0.002, 1e-12);
  EXPECT_NEAR(rate_fraction({.kind = ScheduleKind::kLinear, .from = 0.2, .end = 0.1}, 600, 1000), 0.55, 1e-12);
}

TEST(Schedule, StepFallsTwice) {
  EXPECT_EQ(fraction("step", 499), 1);
  EXPECT_NEAR(fraction("step", 500), 0.1, 1e-12);
  EXPECT_NEAR(fraction("step", 750), 0.01, 1e-12);
}

TEST(Schedule, CosineIsHalfWayInTheMiddle) {
  EXPECT_EQ(fraction("cosine", 0), 1);
  EXPECT_NEAR(fraction("cosine", 500), 0.5, 1e-12);
}

TEST(Schedule, DeliganIsItsFormula) {
  for (const std::int64_t step : {0, 200, 400, 800}) {
    const double epoch = 4.0 * static_cast<double>(step);  // of 4000
    EXPECT_NEAR(fraction("deligan", step), std::min(4 - epoch / 1000, 3.0) / 3, 1e-12) << step;
  }
}

TEST(Schedule, IsFoundByNameOrRefused) {
  EXPECT_THROW(schedule_by_name("plateau"), Error);
}

}  // namespace
}  // namespace genga::train
