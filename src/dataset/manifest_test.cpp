// Tests of manifest lines, files, writers and surveys of folders.
#include <gtest/gtest.h>

#include <fstream>

#include "base/test_full_disk.h"
#include "genga/base.h"
#include "genga/dataset.h"
#include "genga/error.h"
#include "genga/sha256.h"
#include "image/test_folder.h"

namespace genga::dataset {
namespace {

namespace fs = std::filesystem;

Entry full_entry() {
  Entry entry;
  entry.file = "images/ä \"1\".png";
  entry.sha256 = std::string(62, '0') + "ff";
  entry.bytes = 12345678901;
  entry.width = 640;
  entry.height = 480;
  entry.source = "https://example.org/1.png";
  entry.page = "https://example.org/1";
  entry.licence = "CC-BY-4.0";
  entry.licence_url = "https://creativecommons.org/licenses/by/4.0/";
  entry.author = "Ann";
  entry.attribution = "Ann, 2020";
  entry.title = "One\ntwo";
  entry.tags = {"sky", "sea"};
  entry.fetched = "2026-11-22T20:44:05Z";
  entry.etag = "\"x\"";
  entry.last_modified = "Sun, 22 Nov 2026 20:44:05 GMT";
  entry.origin = Origin{
      .operation = "panel", .file = "page.png", .sha256 = std::string(64, 'b'), .box = {{-1, 2, 3, 4}}, .time_s = 1.5};
  entry.measures = {{"sharpness", 0.1}, {"white", 1e-9}};
  entry.decisions = {{.step = "clean", .check = "blur", .keep = false, .value = 0.1, .limit = 0.2, .note = "soft"}};
  entry.split = "train";
  return entry;
}

void expect_failure(ErrorCode code, const std::string& part, const std::function<void()>& work) {
  try {
    work();
    ADD_FAILURE() << "expected an error about " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(ManifestLine, KeepsEverything) {
  const std::string line = to_line(full_entry());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(to_line(parse_line(line, "here")), line);
  const Entry back = parse_line(line, "here");
  EXPECT_EQ(back.bytes, 12345678901);
  EXPECT_EQ(back.origin->box, (std::array{-1, 2, 3, 4}));
  EXPECT_EQ(back.measures.at("white"), 1e-9);
  EXPECT_EQ(back.decisions.at(0).note, "soft");
}

TEST(ManifestLine, LeavesOutWhatIsNotKnown) {
  Entry entry;
  entry.file = "a.png";
  EXPECT_EQ(to_line(entry), R"({"file":"a.png"})");
}

TEST(ManifestLine, IsStrict) {
  const auto bad = [](const std::string& line, const std::string& part) {
    expect_failure(ErrorCode::kCorruptData, part, [&] { parse_line(line, "m line 3"); });
  };
  bad("{", "m line 3: is not JSON");
  bad("[]", "expected an object");
  bad(R"({"file":"a.png","licens":"x"})", "unknown key 'licens'; did you mean 'licence'?");
  bad(R"({"file":"a.png","decisions":[{"keeps":true}]})", "unknown key 'keeps'");
  bad(R"({"file":"a.png","width":"640"})", "'width' is \"640\", expected a whole number");
  bad(R"({"file":"a.png","width":-1})", "'width' is -1");
  bad(R"({"file":"a.png","width":4294967296})", "a smaller number");
  bad(R"({"file":"a.png","tags":[1]})", "list of texts");
  bad(R"({"file":"a.png","sha256":"00ff"})", "m line 3: 'sha256' is \"00ff\", expected 64 hexadecimal digits");
  bad(fmt::format(R"({{"file":"a.png","sha256":"{}x"}})", std::string(63, '0')), "expected 64 hexadecimal digits");
  bad(R"({"file":"a.png","origin":{"sha256":"ab"}})", "m line 3: 'origin': 'sha256' is \"ab\"");
  for (const char* box : {"[1,2]", "[1,2,0,4]", "[1,2,3,-4]", "[1.5,2,3,4]", "[1,2,3,2000000000]", "[1,2,3,1e+20]",
                          "[-9223372036854775808,2,3,4]", "[1,2,3,\"4\"]", "[1,2,3,4,5]"}) {
    bad(fmt::format(R"({{"file":"a.png","origin":{{"box":{}}}}})", box),
        fmt::format("m line 3: 'origin': 'box' is {}, expected x, y, width and height in whole pixels", box));
  }
  bad(R"({"file":"a.png","split":"test"})", "'split' is 'test'");
  for (const char* path : {"", "/etc/passwd", "../a.png", "a/../../b.png"}) {
    bad(fmt::format(R"({{"file":"{}"}})", path), "inside the manifest's folder");
  }
}

TEST(Manifest, ComesBackAsItWasSaved) {
  const image::TestFolder folder;
  Manifest manifest = read_manifest_if_any(folder.path());
  EXPECT_TRUE(manifest.entries.empty());
  manifest.entries = {full_entry()};
  save_manifest(manifest);
  save_manifest(manifest);
  const Manifest back = read_manifest(folder.path());
  ASSERT_EQ(back.entries.size(), 1U);
  EXPECT_EQ(to_line(back.entries[0]), to_line(full_entry()));
  EXPECT_NE(back.find(full_entry().file), nullptr);
  EXPECT_EQ(back.find("other"), nullptr);
}

TEST(Manifest, AWholeLastLineNeedsNoLineEnd) {
  const image::TestFolder folder;
  std::ofstream(folder.path() / kManifestName) << R"({"file":"a.png"})"
                                               << "\n"
                                               << R"({"file":"b.png","author":"Ann"})";
  EXPECT_EQ(read_manifest(folder.path()).entries.size(), 2U);
  Entry entry;
  entry.file = "c.png";
  ManifestWriter(folder.path()).append(entry);
  const Manifest manifest = read_manifest(folder.path());
  ASSERT_EQ(manifest.entries.size(), 3U);
  EXPECT_EQ(manifest.entries[1].author, "Ann");
}

TEST(Manifest, LaterLinesHoldAndATornLastLineIsLeftOut) {
  const image::TestFolder folder;
  std::ofstream(folder.path() / kManifestName) << R"({"file":"a.png","author":"old"})"
                                               << "\n\n"
                                               << R"({"file":"b.png"})"
                                               << "\n"
                                               << R"({"file":"a.png","author":"new"})"
                                               << "\n"
                                               << R"({"file":"c.png","auth)";
  const Manifest manifest = read_manifest(folder.path());
  ASSERT_EQ(manifest.entries.size(), 2U);
  EXPECT_EQ(manifest.entries[0].author, "new");
  Entry entry;
  entry.file = "d.png";
  ManifestWriter(folder.path()).append(entry);
  const Manifest longer = read_manifest(folder.path());
  ASSERT_EQ(longer.entries.size(), 3U);
  EXPECT_EQ(longer.entries[2].file, "d.png");
}

TEST(Manifest, RefusesASecondWriterAndStaleSaves) {
  const image::TestFolder folder;
  Entry entry;
  entry.file = "a.png";
  Manifest stale = read_manifest_if_any(folder.path());
  {
    ManifestWriter writer(folder.path());
    writer.append(entry);
    expect_failure(ErrorCode::kBusy, "another genga data command", [&] { ManifestWriter second(folder.path()); });
    expect_failure(ErrorCode::kBusy, "another genga data command", [&] { save_manifest(stale); });
  }
  expect_failure(ErrorCode::kBusy, "was changed by another program", [&] { save_manifest(stale); });
  EXPECT_EQ(read_manifest(folder.path()).entries.size(), 1U);
}

TEST(Manifest, ThatIsNotThereIsSaidWithTheCure) {
  const image::TestFolder folder;
  expect_failure(ErrorCode::kNotFound, "genga data manifest", [&] { read_manifest(folder.path()); });
}

TEST(Entry, HandsHaveTheLastWord) {
  Entry entry;
  EXPECT_TRUE(entry.kept());
  entry.decisions.push_back({.step = "clean", .check = "blur", .keep = false});
  entry.decisions.push_back({.step = "faces", .check = "size", .keep = true});
  EXPECT_FALSE(entry.kept());
  entry.decisions.insert(entry.decisions.begin(), {.step = "hand", .check = "keep", .keep = true});
  EXPECT_TRUE(entry.kept());
}

TEST(DescribeFile, GivesHashAndSizes) {
  const image::TestFolder folder;
  image::draw_images(folder.path() / "in", 1, 3);
  const fs::path file = folder.path() / "in/p10.png";
  const Entry entry = describe_file(folder.path(), file);
  EXPECT_EQ(entry.file, "in/p10.png");
  EXPECT_EQ(entry.width, 96);
  EXPECT_EQ(entry.height, 80);
  EXPECT_EQ(entry.bytes, static_cast<std::int64_t>(fs::file_size(file)));
  EXPECT_EQ(entry.sha256, sha256_of(read_file(file)));
  EXPECT_EQ(sha256_of({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect_failure(ErrorCode::kInvalidArgument, "is not inside", [&] { describe_file(folder.path() / "other", file); });
}

TEST(DerivedEntry, InheritsTheLicence) {
  const Entry child = derived_entry(full_entry(), {.operation = "face", .file = "x"});
  EXPECT_EQ(child.licence, "CC-BY-4.0");
  EXPECT_EQ(child.attribution, "Ann, 2020");
  EXPECT_EQ(child.file, "");
  EXPECT_TRUE(child.decisions.empty() && child.measures.empty());
  EXPECT_EQ(child.origin->operation, "face");
}

std::ptrdiff_t open_descriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator{});
}

TEST(ManifestWriter, ClosesItsFileWhenTheLastLineCannotBeEnded) {
  const image::TestFolder folder;
  const std::string line = to_line(full_entry());  // whole, but without a line end
  write_file(folder.path() / kManifestName, line);
  const std::ptrdiff_t before = open_descriptors();
  {
    const FullDisk full(line.size());
    expect_failure(ErrorCode::kIo, "cannot write", [&] { ManifestWriter writer(folder.path()); });
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace genga::dataset
