// The list of files that have been cut: what is stored, and what a crash may leave of it.
#include "curate/cut/done_list.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "genga/error.h"
#include "image/test_folder.h"

namespace genga::curate {
namespace {

class DoneListTest : public testing::Test {
 protected:
  void append(const std::string& text) { std::ofstream(file(), std::ios::app | std::ios::binary) << text; }
  std::string text() const {
    std::ifstream stream(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::filesystem::path file() const { return folder_.path() / ".genga-done"; }
  /// The options of a file as a new list reads them; "none" if it is not there.
  std::string options_of(const std::string& sha256) const {
    const DoneList list(folder_.path());
    const std::string* options = list.options_of("panel", sha256);
    return options == nullptr ? "none" : *options;
  }

  image::TestFolder folder_;
};

TEST_F(DoneListTest, IsReadAsItWasWritten) {
  DoneList list(folder_.path());
  list.add("panel", "a1", "left to right");
  list.add("panel", "b2", "");
  EXPECT_EQ(*list.options_of("panel", "a1"), "left to right");
  EXPECT_EQ(list.options_of("face", "a1"), nullptr);
  EXPECT_EQ(options_of("a1"), "left to right");
  EXPECT_EQ(options_of("b2"), "");
  EXPECT_EQ(options_of("c3"), "none");
}

TEST_F(DoneListTest, ReadsTheBlankLinesOfEarlierVersions) {
  append("\npanel\ta1\tleft to right\n\npanel\tb2\tright to left\n");
  EXPECT_EQ(options_of("a1"), "left to right");
  EXPECT_EQ(options_of("b2"), "right to left");
}

TEST_F(DoneListTest, ALineCutShortByACrashStaysUnreadAfterOthersAreAdded) {
  append("panel\ta1\tleft to right\npanel\tb2\tleft to ri");
  EXPECT_EQ(options_of("b2"), "none");
  DoneList(folder_.path()).add("panel", "c3", "left to right");
  EXPECT_EQ(options_of("a1"), "left to right");
  EXPECT_EQ(options_of("b2"), "none") << text();
  EXPECT_EQ(options_of("c3"), "left to right");
}

TEST_F(DoneListTest, SaysWhyItCannotWrite) {
  std::filesystem::create_directory(file());
  try {
    DoneList(folder_.path()).add("panel", "a1", "");
    FAIL() << "a folder was written to";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("Is a directory"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace genga::curate
