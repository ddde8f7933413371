// What arguments become which files, and what the outputs are called.
#include "app_genga/inputs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

bool is_image(const fs::path& path) {
  const auto suffix = path.extension();
  return suffix == ".jpg" || suffix == ".png" || suffix == ".bmp";
}
bool can_write(const fs::path& path) {
  return is_image(path) && path.extension() != ".bmp";
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

Paths planned(const std::vector<InputFile>& files, const OutputRules& rules) {
  Paths list;
  for (const auto& item : plan_outputs(files, rules)) list.push_back(item.path.string());
  return list;
}

OutputRules into_folder(const std::string& suffix = "", std::vector<std::string> styles = {"pepper"}) {
  return {.output = "out", .folder = true, .styles = std::move(styles), .suffix = suffix, .can_write = can_write};
}

TEST(PlanOutputs, KeepsTheInputsFormatWhereItCanBeWritten) {
  EXPECT_EQ(planned({{"x/a.jpg", "a.jpg"}, {"x/b.bmp", "b.bmp"}}, into_folder()), (Paths{"out/a.jpg", "out/b.png"}));
}

TEST(PlanOutputs, KeepsTheTree) {
  EXPECT_EQ(planned({{"x/deep/a.jpg", "deep/a.jpg"}}, into_folder(".png")), Paths{"out/deep/a.png"});
}

TEST(PlanOutputs, NamesNeverCollide) {
  EXPECT_EQ(planned({{"x/a.jpg", "a.jpg"}, {"x/a.png", "a.png"}, {"y/a.png", "a.png"}}, into_folder(".png")),
            (Paths{"out/a.png", "out/a.png.png", "out/a-2.png"}));
  // "a" in style "x-y" and "a-x" in style "y" want the same name.
  const Paths mixed = planned({{"a.jpg", "a.jpg"}, {"a-x.jpg", "a-x.jpg"}}, into_folder("", {"x-y", "y"}));
  EXPECT_EQ(std::set<std::string>(mixed.begin(), mixed.end()).size(), 4U);
}

TEST(PlanOutputs, AddsTheStyleWhenThereAreSeveral) {
  OutputRules rules = into_folder("", {"pepper", "mika"});
  rules.output = "b.png";
  rules.folder = false;
  EXPECT_EQ(planned({{"a.jpg", "a.jpg"}}, rules), (Paths{"b-pepper.png", "b-mika.png"}));
}

TEST(PlanOutputs, ComparisonsNeverTakeAnOutputsName) {
  OutputRules rules = into_folder();
  rules.comparisons = true;
  const std::vector<InputFile> files{{"a.jpg", "a.jpg"}, {"a-compare.jpg", "a-compare.jpg"}};
  const auto items = plan_outputs(files, rules);
  std::set<fs::path> names;
  for (const auto& item : items) names.insert({item.path, item.comparison});
  EXPECT_EQ(names.size(), 4U);
  EXPECT_EQ(items[0].path, "out/a.jpg");
}

TEST(PlanOutputs, GivesStandardInputAName) {
  EXPECT_EQ(planned({{"-", "-"}}, into_folder(".webp")), Paths{"out/stdin.webp"});
}

TEST(SafeLabel, StaysInTheFolder) {
  EXPECT_EQ(safe_label("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(safe_label(".."), "style");
  EXPECT_EQ(safe_label("pepper-2"), "pepper-2");
}

}  // namespace
}  // namespace genga::cli
