// The progress line of a training run, and what RunDisplay writes where there is no terminal.
#include "app_train/progress_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "app_train/run_display.h"

namespace genga::cli {
namespace {

// Gradient norms stand after the losses, whatever the method's order.
const train::Terms kTerms{{"target", 0.31318}, {"grad_g", 1.5015}, {"gradient", 0.15}, {"d_color", 0.4746}};

train::StepReport report(std::string_view phase = "warm-up") {
  return {
      .step = 2880, .n_steps = 8000, .terms = kTerms, .images_per_second = 14.23, .seconds_left = 3753, .phase = phase};
}

TEST(ProgressLine, ShowsEverythingWhereThereIsRoom) {
  EXPECT_EQ(progress_line(report(), 200),
            "[#######-------------]  36%  2880/8000  warm-up  14.2 images/s  1:02:33 left  target 0.313  gradient 0.15"
            "  d_color 0.475  grad_g 1.5");
}

TEST(ProgressLine, NeverWrapsAndNeverCutsAPart) {
  for (std::size_t columns = 1; columns < 160; ++columns) {
    const std::string line = progress_line(report(), columns);
    EXPECT_LE(line.size(), std::max<std::size_t>(columns, 2) - 1) << columns;
    if (columns > 10) {
      EXPECT_NE(line.find("2880/8000"), std::string::npos) << columns;
    }
    EXPECT_TRUE(line.empty() || line.back() != ' ') << columns;
  }
}

TEST(ProgressLine, GivesUpTheLeastImportantFirst) {
  const char* tail = "2880/8000  14.2 images/s  1:02:33 left  target 0.313";
  EXPECT_EQ(
      progress_line(report(), 111),
      "[#######-------------]  36%  2880/8000  warm-up  14.2 images/s  1:02:33 left  target 0.313  gradient 0.15  +2");
  EXPECT_EQ(progress_line(report(), 101),
            "[###-------]  36%  2880/8000  warm-up  14.2 images/s  1:02:33 left  target 0.313  gradient 0.15  +2");
  EXPECT_EQ(progress_line(report(), 80), std::string("36%  ") + tail + "  gradient 0.15  +2");
  EXPECT_EQ(progress_line(report(), 60), std::string(tail) + "  +3");
  EXPECT_EQ(progress_line(report(), 52), "36%  2880/8000  14.2 images/s  1:02:33 left  +4");
  EXPECT_EQ(progress_line(report(), 30), "2880/8000  1:02:33 left  +4");
  EXPECT_EQ(progress_line(report(), 10), "2880/8000");
  EXPECT_EQ(progress_line(report(), 5), "2880");
}

TEST(ProgressLine, ColorTakesNoColumns) {
  for (std::size_t columns = 1; columns < 160; ++columns) {
    std::string line = progress_line(report(), columns, true);
    for (const std::string_view code : {"\033[36m", "\033[0m"}) {
      if (const auto at = line.find(code); at != std::string::npos) line.erase(at, code.size());
    }
    EXPECT_EQ(line, progress_line(report(), columns)) << columns;
  }
}

TEST(ProgressLine, LastStepIsAHundredPerCentAndNothingLeft) {
  const train::StepReport done{
      .step = 8000, .n_steps = 8000, .terms = kTerms, .images_per_second = 250, .seconds_left = 0};
  EXPECT_EQ(progress_line(done, 100).substr(0, 39), "[####################]  100%  8000/8000");
  EXPECT_EQ(plain_progress_line(done),
            "step 8000/8000 (100 %)  250 images/s  0:00 left  target 0.313  gradient 0.15  d_color 0.475  grad_g 1.5");
}

TEST(ProgressLine, SlowRunsKeepTheirDigits) {
  const train::Terms none;
  const train::StepReport slow{
      .step = 1, .n_steps = 0, .terms = none, .images_per_second = 0.0512, .seconds_left = 1e99};
  EXPECT_EQ(plain_progress_line(slow), "step 1/0 (100 %)  0.051 images/s  ? left");
}

TEST(RunDisplay, CountsNotesOfOneKindInsteadOfFlooding) {
  testing::internal::CaptureStderr();
  {
    RunDisplay display({.bar = false});
    for (int i = 0; i < 500; ++i) display.note("skipped 'a\033[2J.jpg': not an image");
    display.note("step 7: 'loss' is not finite");
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 8 + 1 + 1) << text;
  EXPECT_NE(text.find("... and 492 more that begin with 'skipped'\n"), std::string::npos) << text;
  EXPECT_NE(text.find("step 7: 'loss' is not finite\n"), std::string::npos) << text;
  EXPECT_EQ(text.find('\033'), std::string::npos);
}

TEST(RunDisplay, WritesALineNowAndThenWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    RunDisplay display({.bar = false});
    for (std::int64_t step = 1; step <= 1000; ++step) {
      display.step({.step = step, .n_steps = 1000, .terms = kTerms, .images_per_second = 9, .seconds_left = 1});
    }
  }
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;  // the first step and the last
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

}  // namespace
}  // namespace genga::cli
