// What validators accept, and the words with which they refuse.
#include "cli/checks.h"

#include <gtest/gtest.h>

#include "genga/error.h"

namespace genga::cli {
namespace {

std::string verdict(const CLI::Validator& validator, std::string text) {
  return validator(text);
}

TEST(Checks, NumbersAreReadWhole) {
  EXPECT_EQ(verdict(number_in(0, 1), "0.5"), "");
  EXPECT_EQ(verdict(number_in(0, 1), "1"), "");
  EXPECT_EQ(verdict(number_in(0, 1), "0.5x"), "is '0.5x', expected a number from 0 to 1");
  EXPECT_NE(verdict(number_in(0, 1), "1.01"), "");
  EXPECT_NE(verdict(number_in(0, 1), "nan"), "");
  EXPECT_NE(verdict(number_in(0, 1), ""), "");
  EXPECT_NE(verdict(integer_in(1, 100), "1.5"), "");
  EXPECT_NE(verdict(integer_in(1, 100), "99999999999999999999"), "");
}

TEST(Checks, WordsNameTheNearest) {
  EXPECT_EQ(verdict(one_of({"cover", "contain"}), "cover"), "");
  EXPECT_EQ(verdict(one_of({"cover", "contain"}), "contian"),
            "is 'contian', expected one of cover, contain; did you mean 'contain'?");
}

TEST(Checks, SizesAreExactOrTheLongSide) {
  EXPECT_EQ(parse_size("1920x1080").width, 1920);
  EXPECT_EQ(parse_size("1920X1080").height, 1080);
  EXPECT_EQ(parse_size("1024").long_side, 1024);
  for (const char* bad : {"", "0", "-5", "12x", "x12", "12x0", "1x2x3", "99999999", "big"}) {
    EXPECT_THROW(parse_size(bad), Error) << bad;
  }
}

TEST(Checks, CountsTakeDecimalSuffixes) {
  EXPECT_EQ(parse_count("1000000"), 1'000'000);
  EXPECT_EQ(parse_count("1.5M"), 1'500'000);
  EXPECT_EQ(parse_count("2g"), 2'000'000'000);
  for (const char* bad : {"", "0", "-1", "M", "5T", "1e30"}) EXPECT_THROW(parse_count(bad), Error) << bad;
}

TEST(Checks, MemoryIsAboveNothing) {
  EXPECT_EQ(verdict(memory_text(), "800M"), "");
  EXPECT_NE(verdict(memory_text(), "0"), "");
  EXPECT_NE(verdict(memory_text(), "lots"), "");
}

}  // namespace
}  // namespace genga::cli
