// Durations, and the progress bar as text.
#include "cli/progress_bar.h"

#include <gtest/gtest.h>

#include <limits>

namespace genga::cli {
namespace {

TEST(Duration, RoundsUp) {
  EXPECT_EQ(format_duration(0), "0:00");
  EXPECT_EQ(format_duration(0.2), "0:01");
  EXPECT_EQ(format_duration(61), "1:01");
  EXPECT_EQ(format_duration(3723), "1:02:03");
  EXPECT_EQ(format_duration(-5), "0:00");
}

TEST(Duration, IsReadAtAGlance) {
  EXPECT_EQ(format_duration(0), "0:00");
  EXPECT_EQ(format_duration(6.2), "0:07");
  EXPECT_EQ(format_duration(3599.5), "1:00:00");
  EXPECT_EQ(format_duration(90000), "1 d 1:00");
  EXPECT_EQ(format_duration(std::numeric_limits<double>::quiet_NaN()), "?");
  EXPECT_EQ(format_duration(std::numeric_limits<double>::infinity()), "?");
}

BarState halfway() {
  return {.label = "2/4 photo.jpg", .item_done = 0.5, .total_done = 0.375, .pixels_per_s = 2.5e6, .seconds = 30};
}

TEST(Bar, ShowsRateAndTimeLeft) {
  const std::string line = render_bar(halfway(), {.bar = true, .color = false, .columns = 80});
  EXPECT_NE(line.find("2/4 photo.jpg ["), std::string::npos) << line;
  EXPECT_NE(line.find("] "), std::string::npos) << line;
  EXPECT_NE(line.find(" 37%  2.5 MP/s  0:50 left"), std::string::npos) << line;
}

TEST(Bar, FitsAnyWidth) {
  BarState state = halfway();
  state.label = "12/3456 a_very_long_name_of_a_photo_that_does_not_fit_into_one_line_of_a_terminal.jpg";
  for (int columns = 1; columns < 200; ++columns) {
    const std::string line = render_bar(state, {.bar = true, .color = false, .columns = columns});
    EXPECT_LT(static_cast<int>(line.size()), std::max(columns, 1)) << columns << " '" << line << "'";
  }
}

TEST(Bar, HasNoColorWithoutLeave) {
  EXPECT_EQ(render_bar(halfway(), {.bar = true, .color = false, .columns = 80}).find('\033'), std::string::npos);
  EXPECT_NE(render_bar(halfway(), {.bar = true, .color = true, .columns = 80}).find('\033'), std::string::npos);
}

}  // namespace
}  // namespace genga::cli
