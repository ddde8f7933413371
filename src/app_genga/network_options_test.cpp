// What --stroke-scale accepts.
#include "app_genga/network_options.h"

#include <gtest/gtest.h>

#include "genga/error.h"

namespace genga::cli {
namespace {

TEST(NetworkOptions, StrokeScalesComeInStepsOrAreAutomatic) {
  std::string zero = "0", automatic = "auto";
  EXPECT_EQ(parse_stroke_scale("auto", true), 0);
  EXPECT_EQ(parse_stroke_scale("0.5", true), 0.5);
  EXPECT_EQ(parse_stroke_scale("0.625", true), 0.625);
  EXPECT_EQ(parse_stroke_scale("1", false), 1);
  EXPECT_EQ(parse_stroke_scale("8", false), 8);
  EXPECT_EQ(stroke_scale_text(true)(zero), "is '0', expected auto, or 0.5 to 8 in steps of 0.125");
  EXPECT_EQ(stroke_scale_text(false)(automatic), "is 'auto', expected 0.5 to 8 in steps of 0.125");
  for (const char* bad : {"", "9", "x", "-1", "1.3", "0.375", "2x", "AUTO"}) {
    EXPECT_THROW(parse_stroke_scale(bad, true), Error) << bad;
  }
}

}  // namespace
}  // namespace genga::cli
