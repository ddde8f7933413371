// What messages may show of names.
#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace genga::cli {
namespace {

TEST(Terminal, ControlBytesNeverReachTheScreen) {
  EXPECT_EQ(printable("a\033[2Jb\n\x7F"), "a?[2Jb??");
  EXPECT_EQ(printable("für"), "für");
}

}  // namespace
}  // namespace genga::cli
