// Tests of scanning folders, with and without manifests.
#include <gtest/gtest.h>

#include <fstream>

#include "genga/dataset.h"
#include "genga/error.h"
#include "image/test_folder.h"

namespace genga::dataset {
namespace {

namespace fs = std::filesystem;

void touch(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

TEST(Scan, FindsImagesRecursivelyInNameOrderAndNothingElse) {
  const image::TestFolder folder;
  for (const char* name : {"b.jpg", "a/z.PNG", "a/notes.txt", "c.webp", ".hidden.jpg", ".cache/x.jpg"}) {
    touch(folder.path() / name);
  }
  const Scan scan = scan_images(std::vector{folder.path()});
  ASSERT_EQ(scan.files.size(), 3U);
  EXPECT_EQ(scan.files[0], folder.path() / "a/z.PNG");
  EXPECT_EQ(scan.files[1], folder.path() / "b.jpg");
  EXPECT_EQ(scan.files[2], folder.path() / "c.webp");
  EXPECT_TRUE(scan.skipped.empty());
}

TEST(Scan, DoesNotRunInCirclesThroughLinks) {
  const image::TestFolder folder;
  touch(folder.path() / "a/b.jpg");
  fs::create_directory_symlink(folder.path(), folder.path() / "a/up");
  EXPECT_EQ(scan_images(std::vector{folder.path()}).files.size(), 1U);
}

TEST(Scan, NamesAMissingFolder) {
  try {
    scan_images(std::vector<fs::path>{"/no/such/folder"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("/no/such/folder"), std::string::npos);
  }
}

TEST(Scan, RefusesFoldersWithoutImages) {
  const image::TestFolder folder;
  touch(folder.path() / "notes.txt");
  EXPECT_THROW(scan_images(std::vector{folder.path()}), Error);
}

TEST(Scan, LeavesOutWhatAManifestDrops) {
  const image::TestFolder folder;
  image::draw_images(folder.path() / "set", 3, 1);
  Manifest manifest = read_manifest_if_any(folder.path() / "set");
  survey_folder(manifest, {}, {});
  manifest.entries[1].decisions.push_back({.step = "clean", .check = "blur", .keep = false});
  save_manifest(manifest);
  const Scan scan = scan_images(std::vector{folder.path()});
  EXPECT_EQ(scan.files, (std::vector{folder.path() / "set/p10.png", folder.path() / "set/p12.png"}));
  EXPECT_EQ(scan.n_dropped, 1);
  EXPECT_EQ(scan_all(std::vector{folder.path()}).files.size(), 3U);
  for (Entry& entry : manifest.entries) entry.decisions = {{.step = "hand", .check = "drop", .keep = false}};
  save_manifest(manifest);
  EXPECT_THROW(scan_images(std::vector{folder.path()}), Error);
}

TEST(Split, IsTheManifestsWhereThereIsOne) {
  const image::TestFolder folder;
  image::draw_images(folder.path(), 3, 1);
  Manifest manifest = read_manifest_if_any(folder.path());
  survey_folder(manifest, {}, {});
  for (Entry& entry : manifest.entries) entry.split = entry.file == "p11.png" ? "held_out" : "train";
  save_manifest(manifest);
  const Split split = split_held_out(scan_images(std::vector{folder.path()}).files);
  EXPECT_EQ(split.held_out, std::vector{folder.path() / "p11.png"});
  EXPECT_EQ(split.training.size(), 2U);
}

TEST(EntriesOf, AsksTheNearestManifest) {
  const image::TestFolder folder;
  image::draw_images(folder.path() / "a/b", 1, 1);
  image::draw_images(folder.path() / "a/c", 1, 2);
  image::draw_images(folder.path() / "d", 1, 3);
  for (const char* name : {"a", "a/b"}) {
    Manifest manifest = read_manifest_if_any(folder.path() / name);
    survey_folder(manifest, {}, {});
    for (Entry& entry : manifest.entries) entry.author = name;
    save_manifest(manifest);
  }
  const Scan scan = scan_all(std::vector{folder.path()});
  const std::vector<Entry> entries = entries_of(scan.files);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].author, "a/b");
  EXPECT_EQ(entries[1].author, "a");
  EXPECT_EQ(entries[2].author, "");
  EXPECT_EQ(entries[2].sha256, "");
  EXPECT_EQ(entries[2].file, scan.files[2].string());
}

TEST(Survey, FindsWhatIsNewMissingChangedAndBroken) {
  const image::TestFolder folder;
  image::draw_images(folder.path(), 3, 1);
  Manifest manifest = read_manifest_if_any(folder.path());
  EXPECT_EQ(survey_folder(manifest, {}, {}).added.size(), 3U);
  manifest.entries[0].author = "Ann";
  manifest.entries[0].measures["sharpness"] = 1;
  EXPECT_TRUE(survey_folder(manifest, {}, {}).added.empty());

  image::write_image(folder.path() / "p10.png", image::draw_image(50, 40, 9));
  fs::remove(folder.path() / "p11.png");
  touch(folder.path() / "sub/broken.png");
  const Survey survey = survey_folder(manifest, {}, {});
  EXPECT_EQ(survey.changed, std::vector<std::string>{"p10.png"});
  EXPECT_EQ(survey.missing, std::vector<std::string>{"p11.png"});
  ASSERT_EQ(survey.unreadable.size(), 1U);
  EXPECT_EQ(manifest.entries[0].width, 50);
  EXPECT_EQ(manifest.entries[0].author, "Ann");
  EXPECT_TRUE(manifest.entries[0].measures.empty());
  ASSERT_EQ(manifest.entries.size(), 4U);
  EXPECT_FALSE(manifest.entries[3].kept());
  image::write_image(folder.path() / "sub/broken.png", image::draw_image(50, 40, 9));
  survey_folder(manifest, {}, {});
  EXPECT_TRUE(manifest.entries[3].kept());
}

TEST(Survey, WhatCanBeReadAgainIsUsedAgainWithItsMeasures) {
  image::init(1);
  const image::TestFolder folder;
  image::write_image(folder.path() / "a.png", image::draw_image(24, 16, 1));
  Manifest manifest{.folder = folder.path()};
  survey_folder(manifest, {.threads = 1}, {});
  manifest.entries[0].measures["blur"] = 1;
  manifest.entries[0].decisions = {{.step = "manifest", .check = "unreadable", .keep = false, .note = "a bad cable"}};
  const Survey survey = survey_folder(manifest, {.threads = 1}, {});
  EXPECT_TRUE(manifest.entries[0].kept());
  EXPECT_EQ(manifest.entries[0].measures.at("blur"), 1);
  EXPECT_TRUE(survey.changed.empty());
}

TEST(Survey, SeesOtherBytesOfTheSameLengthWhenToldTo) {
  const image::TestFolder folder;
  image::draw_images(folder.path(), 1, 1);
  Manifest manifest = read_manifest_if_any(folder.path());
  survey_folder(manifest, {}, {});
  manifest.entries[0].sha256 = "of other bytes";
  EXPECT_TRUE(survey_folder(manifest, {}, {}).changed.empty());
  EXPECT_EQ(survey_folder(manifest, {.verify = true}, {}).changed.size(), 1U);
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
}  // namespace genga::dataset
