// What messages may show of names.
#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace genga::cli {
namespace {

TEST(Terminal, ControlBytesNeverReachTheScreen) {
  EXPECT_EQ(printable("a\033[2Jb\n\x7F"), "a?[2Jb??");
  EXPECT_EQ(printable("für \xF0\x9F\x99\x82 \xE6\xB5\xB7"), "für \xF0\x9F\x99\x82 \xE6\xB5\xB7");
  EXPECT_EQ(printable("a\x9B"
                      "31mb\xFF\xC2\x9B"),
            "a?31mb??");  // 8-bit controls, as bytes and as C1
  EXPECT_EQ(printable("gpj.\xE2\x80\xAE"
                      "png.\xE2\x81\xA6"
                      "exe"),
            "gpj.?png.?exe");  // written backwards
  EXPECT_EQ(printable("\xE6\xB5"), "??");
}

}  // namespace
}  // namespace genga::cli
