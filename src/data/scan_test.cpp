#include "data/scan.h"

#include <gtest/gtest.h>

#include <fstream>

#include "data/test_folder.h"
#include "genga/error.h"

namespace genga::data {
namespace {

namespace fs = std::filesystem;

void touch(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

TEST(Scan, FindsPicturesRecursivelyInNameOrderAndNothingElse) {
  const TestFolder folder;
  for (const char* name : {"b.jpg", "a/z.PNG", "a/notes.txt", "c.webp", ".hidden.jpg", ".cache/x.jpg"}) {
    touch(folder.path() / name);
  }
  const Scan scan = scan_pictures(std::vector{folder.path()});
  ASSERT_EQ(scan.files.size(), 3U);
  EXPECT_EQ(scan.files[0], folder.path() / "a/z.PNG");
  EXPECT_EQ(scan.files[1], folder.path() / "b.jpg");
  EXPECT_EQ(scan.files[2], folder.path() / "c.webp");
  EXPECT_TRUE(scan.skipped.empty());
}

TEST(Scan, DoesNotRunInCirclesThroughLinks) {
  const TestFolder folder;
  touch(folder.path() / "a/b.jpg");
  fs::create_directory_symlink(folder.path(), folder.path() / "a/up");
  EXPECT_EQ(scan_pictures(std::vector{folder.path()}).files.size(), 1U);
}

TEST(Scan, NamesAMissingFolder) {
  try {
    scan_pictures(std::vector<fs::path>{"/no/such/folder"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("/no/such/folder"), std::string::npos);
  }
}

TEST(Scan, RefusesFoldersWithoutPictures) {
  const TestFolder folder;
  touch(folder.path() / "notes.txt");
  EXPECT_THROW(scan_pictures(std::vector{folder.path()}), Error);
}

TEST(Split, HoldsOutEveryTenthOfEachFolder) {
  std::vector<fs::path> files;
  for (const char* folder : {"p", "q"}) {
    for (int i = 0; i < 25; ++i) files.push_back(fs::path(folder) / std::to_string(100 + i));
  }
  const Split split = split_held_out(files);
  EXPECT_EQ(split.held_out, (std::vector<fs::path>{"p/109", "p/119", "q/109", "q/119"}));
  EXPECT_EQ(split.training.size(), 46U);
}

}  // namespace
}  // namespace genga::data
