// What arguments become which files.
#include "app_genga/inputs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

bool is_image(const fs::path& path) {
  const auto suffix = path.extension();
  return suffix == ".jpg" || suffix == ".png" || suffix == ".bmp";
}

/// A folder with a few empty files, removed at the end; the process works in it meanwhile.
class ExpandInputs : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("genga_inputs_" + std::to_string(::getpid()));
    for (const char* name :
         {"a.jpg", "b.png", "notes.txt", "in/c.jpg", "in/deep/d.jpg", "in/deep/a.jpg", "odd[1].jpg"}) {
      fs::create_directories((folder_ / name).parent_path());
      std::ofstream(folder_ / name) << "x";
    }
    fs::create_directories(folder_ / "empty");
    fs::current_path(folder_);
  }
  void TearDown() override {
    fs::current_path(fs::temp_directory_path());
    fs::remove_all(folder_);
  }

  static Inputs expand(std::vector<std::string> arguments, bool recursive = false, const fs::path& skip = {}) {
    return expand_inputs(arguments, {.recursive = recursive, .skip = skip, .is_image = is_image});
  }
  static std::vector<std::string> paths(const Inputs& inputs) {
    std::vector<std::string> list;
    for (const auto& file : inputs.files) list.push_back(file.path.string());
    return list;
  }

 private:
  fs::path folder_;
};

using Paths = std::vector<std::string>;

TEST_F(ExpandInputs, TakesNamedFilesWhateverTheyAreCalled) {
  EXPECT_EQ(paths(expand({"notes.txt"})), Paths{"notes.txt"});
  EXPECT_FALSE(expand({"notes.txt"}).several);
}

TEST_F(ExpandInputs, TakesImagesOfAFolderInOrder) {
  const Inputs inputs = expand({"."});
  EXPECT_EQ(paths(inputs), (Paths{"./a.jpg", "./b.png", "./odd[1].jpg"}));
  EXPECT_TRUE(inputs.several);
}

TEST_F(ExpandInputs, GoesDownOnlyIfAsked) {
  EXPECT_EQ(paths(expand({"in"})), Paths{"in/c.jpg"});
  const Inputs inputs = expand({"in"}, true);
  EXPECT_EQ(paths(inputs), (Paths{"in/c.jpg", "in/deep/a.jpg", "in/deep/d.jpg"}));
  EXPECT_EQ(inputs.files[1].relative, fs::path("deep/a.jpg"));
}

TEST_F(ExpandInputs, LeavesTheOutputFolderOut) {
  EXPECT_EQ(paths(expand({"in"}, true, "in/deep")), Paths{"in/c.jpg"});
}

TEST_F(ExpandInputs, DoesNotFollowLinkedFolders) {
  fs::create_directory_symlink("..", "in/loop");
  EXPECT_EQ(expand({"in"}, true).files.size(), 3U);
}

TEST_F(ExpandInputs, ExpandsPatterns) {
  EXPECT_EQ(paths(expand({"*.jpg"})), (Paths{"a.jpg", "odd[1].jpg"}));
  EXPECT_EQ(paths(expand({"?.*"})), (Paths{"a.jpg", "b.png"}));
  EXPECT_TRUE(expand({"?.jpg"}).several);
}

TEST_F(ExpandInputs, PrefersAFileOverThePatternOfItsName) {
  const Inputs inputs = expand({"odd[1].jpg"});
  EXPECT_EQ(paths(inputs), Paths{"odd[1].jpg"});
  EXPECT_FALSE(inputs.several);
}

TEST_F(ExpandInputs, TakesEachFileOnce) {
  EXPECT_EQ(paths(expand({"a.jpg", "./a.jpg", "*.jpg"})).size(), 2U);
}

TEST_F(ExpandInputs, KeepsProblemsAndGoesOn) {
  const Inputs inputs = expand({"missing.jpg", "a.jpg", "*.webp", "empty"});
  EXPECT_EQ(paths(inputs), Paths{"a.jpg"});
  ASSERT_EQ(inputs.problems.size(), 3U);
  EXPECT_STREQ(inputs.problems[0].error.what(), "input 'missing.jpg' does not exist");
  EXPECT_STREQ(inputs.problems[1].error.what(), "no image matches '*.webp'");
  EXPECT_STREQ(inputs.problems[2].error.what(), "folder 'empty' holds no images");
}

TEST_F(ExpandInputs, NamesTheCureForImagesFurtherDown) {
  fs::create_directories("empty/below");
  EXPECT_NE(std::string(expand({"empty"}).problems.at(0).error.what()).find("--recursive"), std::string::npos);
}

}  // namespace
}  // namespace genga::cli
