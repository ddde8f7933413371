// Archives that are written here, harmless, hostile and damaged ones.
#include "fetch/sources/shards.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "genga/error.h"
#include "image/test_folder.h"

namespace genga::fetch {
namespace {

namespace fs = std::filesystem;

/// A member to be written. Bytes need not be an image: sources do not look into them.
struct Member {
  std::string name{}, text = "x";
  unsigned type = AE_IFREG;
  std::string link{}, hard_link{};
};

void write_archive(const fs::path& path, const std::vector<Member>& members, bool gzip = false, bool zip = false) {
  archive* const a = archive_write_new();
  zip ? archive_write_set_format_zip(a) : archive_write_set_format_pax_restricted(a);
  if (gzip) archive_write_add_filter_gzip(a);
  archive_write_set_bytes_per_block(a, 0);
  ASSERT_EQ(archive_write_open_filename(a, path.c_str()), ARCHIVE_OK);
  for (const Member& member : members) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());  // bytes as they are
    archive_entry_set_filetype(entry, member.type);
    archive_entry_set_perm(entry, 0644);
    const bool has_data = member.type == AE_IFREG && member.hard_link.empty();
    archive_entry_set_size(entry, has_data ? static_cast<la_int64_t>(member.text.size()) : 0);
    if (!member.link.empty()) archive_entry_set_symlink(entry, member.link.c_str());
    if (!member.hard_link.empty()) archive_entry_set_hardlink(entry, member.hard_link.c_str());
    archive_write_header(a, entry);
    if (has_data) archive_write_data(a, member.text.data(), member.text.size());
    archive_entry_free(entry);
  }
  archive_write_close(a);
  archive_write_free(a);
}

void write_streamed_zip(const fs::path& path, const std::vector<Member>& members) {
  archive* const a = archive_write_new();
  archive_write_set_format_zip(a);
  archive_write_set_bytes_per_block(a, 0);
  ASSERT_EQ(archive_write_open_filename(a, path.c_str()), ARCHIVE_OK);
  for (const Member& member : members) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(a, entry);  // no size
    archive_write_data(a, member.text.data(), member.text.size());
    archive_entry_free(entry);
  }
  archive_write_close(a);
  archive_write_free(a);
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  const auto directory = bytes.find("PK\x01\x02");
  ASSERT_NE(directory, std::string::npos);
  fs::resize_file(path, directory);
}

class Shards : public testing::Test {
 protected:
  void SetUp() override { image::init(1); }
  fs::path path(const std::string& name) const { return folder_.path() / name; }

  static Listing all(ImageSource& source) {
    Listing whole;
    std::string cursor;
    do {
      Listing page = source.list(cursor, {});
      whole.error = page.error;
      for (auto& candidate : page.candidates) whole.candidates.push_back(std::move(candidate));
      for (auto& passed : page.passed_over) whole.passed_over.push_back(std::move(passed));
      cursor = page.next;
    } while (!cursor.empty());
    return whole;
  }
  Listing read(const std::vector<std::string>& names, const ArchiveLimits& limits = {}) {
    std::vector<fs::path> paths;
    for (const auto& name : names) paths.push_back(path(name));
    return all(*make_shard_source(paths, limits));
  }

  image::TestFolder folder_;
};

std::string text_of(const ImageCandidate& candidate) {
  return {reinterpret_cast<const char*>(candidate.bytes.data()), candidate.bytes.size()};
}

TEST_F(Shards, MembersOfOneKeyBelongTogether) {
  write_archive(path("s.tar"), {{"sub/", "", AE_IFDIR},
                                {"sub/01.jpg", "image 1"},
                                {"sub/01.json", R"({"author": "A", "license": "CC0", "url": "https://x.example/1"})"},
                                {"sub/01.txt", "hat, sea"},
                                {"sub/01.cls", "3"},
                                {"02.jpg", "image 2"},
                                {"._02.jpg", "left by a system"}});
  const Listing listing = read({"s.tar"});
  ASSERT_EQ(listing.candidates.size(), 2);
  const ImageCandidate& first = listing.candidates[0];
  EXPECT_EQ(first.name, "s_sub_01");
  EXPECT_EQ(first.url, path("s.tar/sub/01.jpg").string());
  EXPECT_EQ(text_of(first), "image 1");
  EXPECT_EQ(first.author, "A");
  EXPECT_EQ(first.licence, "CC0-1.0");
  EXPECT_EQ(first.page, "https://x.example/1");
  EXPECT_EQ(first.tags, (std::vector<std::string>{"hat", "sea"}));
  EXPECT_EQ(listing.candidates[1].name, "s_02");
  EXPECT_EQ(listing.candidates[1].author, "");
  EXPECT_TRUE(listing.passed_over.empty());
}

TEST_F(Shards, SeveralImagesOfOneKeyKeepTheirWholeNames) {
  write_archive(path("s.tar"), {{"page.01.png"}, {"page.02.png"}, {"page.json", R"({"title": "T"})"}});
  const Listing listing = read({"s.tar"});
  ASSERT_EQ(listing.candidates.size(), 2);
  EXPECT_EQ(listing.candidates[0].name, "s_page.01");
  EXPECT_EQ(listing.candidates[1].name, "s_page.02");
  EXPECT_EQ(listing.candidates[1].title, "T");
}

TEST_F(Shards, CompressedAndZippedOnesAreRead) {
  write_archive(path("a.tar.gz"), {{"1.png", "one"}}, true);
  write_archive(path("b.cbz"), {{"001.jpg", "page 1"}, {"002.jpg", "page 2"}}, false, true);
  const Listing listing = read({"a.tar.gz", "b.cbz"});
  ASSERT_EQ(listing.candidates.size(), 3);
  EXPECT_EQ(listing.candidates[0].name, "a_1");
  EXPECT_EQ(text_of(listing.candidates[2]), "page 2");
}

TEST_F(Shards, NamesOutsideAsciiSurvive) {
  write_archive(path("s.tar"), {{"浮世絵/波.png"}});
  const Listing listing = read({"s.tar"});
  ASSERT_EQ(listing.candidates.size(), 1);
  EXPECT_EQ(listing.candidates[0].name, "s_浮世絵_波");
  write_archive(path("old.zip"), {{"caf\xe9.png"}}, false, true);
  const Listing old = read({"old.zip"});
  ASSERT_EQ(old.candidates.size(), 1);
  EXPECT_EQ(old.candidates[0].name, "old_caf\xef\xbf\xbd") << "a manifest can hold it";
}

TEST_F(Shards, TricksAreRefusedOneByOne) {
  write_archive(path("s.tar"), {{"/etc/evil.png"},
                                {"../../evil.png"},
                                {"a/../../evil.png"},
                                {"C:\\evil.png"},
                                {"link.png", "", AE_IFLNK, "/etc/passwd"},
                                {"hard.png", "", AE_IFREG, "", "good.png"},
                                {"device.png", "", AE_IFCHR},
                                {"pipe.png", "", AE_IFIFO},
                                {"big.png", std::string(5000, 'b')},
                                {"inner.tar", "archive"},
                                {"empty.png", ""},
                                {"good.png", "good"}});
  const Listing listing = read({"s.tar"}, {.max_member = 4096});
  ASSERT_EQ(listing.candidates.size(), 1);
  EXPECT_EQ(text_of(listing.candidates[0]), "good");
  std::vector<std::string> said;
  for (const PassedOver& passed : listing.passed_over) said.push_back(passed.what + " " + passed.reason);
  EXPECT_EQ(said, (std::vector<std::string>{
                      "s.tar: /etc/evil.png has an absolute path",
                      "s.tar: ../../evil.png has a path that leaves the archive",
                      "s.tar: a/../../evil.png has a path that leaves the archive",
                      "s.tar: C:\\evil.png has an absolute path",
                      "s.tar: link.png is a symbolic link",
                      "s.tar: hard.png is a hard link",
                      "s.tar: device.png is a device",
                      "s.tar: pipe.png is no file",
                      "s.tar: big.png has 4.9 KiB, more than the 4.0 KiB allowed (--max-bytes)",
                      "s.tar: inner.tar is an archive within an archive",
                      "s.tar: empty.png is empty (0 bytes)",
                  }));
}

TEST_F(Shards, BombIsGivenUpAndTheNextArchiveRead) {
  std::vector<Member> zeros{{"0.png", "first"}};
  for (int i = 1; i < 40; ++i) zeros.push_back({fmt::format("{}.png", i), std::string(100'000, '\0')});
  write_archive(path("bomb.tar.gz"), zeros, true);
  write_archive(path("next.tar"), {{"good.png"}});
  const Listing listing = read({"bomb.tar.gz", "next.tar"}, {.max_ratio = 10, .always_allowed = 250'000});
  EXPECT_EQ(listing.candidates.front().name, "bomb_0");
  EXPECT_EQ(listing.candidates.back().name, "next_good");
  EXPECT_LT(listing.candidates.size(), 10);
  ASSERT_EQ(listing.passed_over.size(), 1);
  EXPECT_NE(listing.passed_over[0].reason.find("over 10 times its own size"), std::string::npos);
}

TEST_F(Shards, WhatIsNotReadOfAZipThatIsStillComingCountsToo) {
  // Written to a pipe, a zip gives sizes behind its members only; the directory at its end is cut off.
  write_streamed_zip(path("bomb.zip"), {{"0.png", "first"}, {"notes.dat", std::string(5'000'000, '\0')}, {"1.png"}});
  const Listing listing = read({"bomb.zip"}, {.max_ratio = 10, .always_allowed = 250'000});
  ASSERT_EQ(listing.candidates.size(), 1);
  ASSERT_EQ(listing.passed_over.size(), 1);
  EXPECT_NE(listing.passed_over[0].reason.find("over 10 times its own size"), std::string::npos)
      << listing.passed_over[0].reason;
}

TEST_F(Shards, OfACutArchiveWhatCameBeforeIsKept) {
  for (const bool gzip : {false, true}) {
    std::vector<Member> members;
    for (int i = 0; i < 8; ++i) {
      std::string noise(20'000, ' ');
      for (std::size_t k = 0; k < noise.size(); ++k) noise[k] = static_cast<char>((k * k * 31 + k * i) >> 7);
      members.push_back({fmt::format("{}.png", i), noise});
    }
    write_archive(path("cut.tar"), members, gzip);
    fs::resize_file(path("cut.tar"), fs::file_size(path("cut.tar")) * 6 / 10);
    const Listing listing = read({"cut.tar"});
    EXPECT_GE(listing.candidates.size(), 2);
    EXPECT_LT(listing.candidates.size(), 8);
    ASSERT_EQ(listing.passed_over.size(), 1);
    EXPECT_NE(listing.passed_over[0].reason.find("is cut short or damaged after"), std::string::npos)
        << listing.passed_over[0].reason;
    for (const ImageCandidate& candidate : listing.candidates) EXPECT_EQ(candidate.bytes.size(), 20'000);
  }
}

TEST_F(Shards, CutBetweenTwoMembersIsNoticed) {
  write_archive(path("s.tar"), {{"1.png"}, {"2.png"}, {"3.png"}});
  ASSERT_EQ(fs::file_size(path("s.tar")), 3 * 1024 + 1024) << "with two blocks of zeros";
  EXPECT_TRUE(read({"s.tar"}).passed_over.empty());
  fs::resize_file(path("s.tar"), 2 * 1024);
  const Listing listing = read({"s.tar"});
  EXPECT_EQ(listing.candidates.size(), 2);
  ASSERT_EQ(listing.passed_over.size(), 1);
  EXPECT_NE(listing.passed_over[0].reason.find("after 2 members (it has no end mark)"), std::string::npos);
}

TEST_F(Shards, ImageWhoseSidecarMayBeCutOffIsNotTaken) {
  const std::string sidecar = R"({"license": "all rights reserved"})";
  write_archive(path("cut.tar"), {{"1.png"}, {"1.json", sidecar}, {"2.png"}, {"2.json", sidecar}});
  fs::resize_file(path("cut.tar"), 512 * 6 + 512 + 200);  // within the header of 2.json
  const Listing listing = read({"cut.tar"});
  ASSERT_EQ(listing.candidates.size(), 1);
  EXPECT_EQ(listing.candidates[0].name, "cut_1");
  EXPECT_EQ(listing.passed_over.size(), 1);
}

TEST_F(Shards, WhatIsNoArchiveIsNamed) {
  write_file(path("page.tar"), std::string_view("<html>not found</html>"));
  write_file(path("empty.tar"), std::string_view(""));
  const Listing one = read({"page.tar"});
  EXPECT_TRUE(one.passed_over.empty());
  ASSERT_TRUE(one.error);
  EXPECT_NE(std::string(one.error->what()).find("page.tar': is no tar or zip archive"), std::string::npos);
  const Listing listing = read({"page.tar", "empty.tar"});
  ASSERT_TRUE(listing.error);
  EXPECT_EQ(std::string(listing.error->what()).find("none of the 2 archives gives an image"), 0U);
  ASSERT_EQ(listing.passed_over.size(), 2);
  EXPECT_NE(listing.passed_over[0].reason.find("archive"), std::string::npos);
  EXPECT_NE(listing.passed_over[1].reason.find("is empty (0 bytes)"), std::string::npos);
}

TEST_F(Shards, ReadingGoesOnAtAStoredPlaceAsIfNothingHadHappened) {
  std::vector<Member> members;
  for (int i = 0; i < 150; ++i) {
    members.push_back({fmt::format("{:03}.png", i), fmt::format("image {}", i)});
    members.push_back({fmt::format("{:03}.json", i), fmt::format(R"({{"title": "T{}"}})", i)});
  }
  write_archive(path("a.tar.gz"), members, true);
  write_archive(path("b.tar"), {{"last.png"}});
  const std::vector<fs::path> paths{path("a.tar.gz"), path("b.tar")};
  const Listing whole = all(*make_shard_source(paths, {}));
  ASSERT_EQ(whole.candidates.size(), 151);
  std::vector<ImageCandidate> resumed;
  std::string cursor;
  int n_pages = 0;
  do {  // a new source for each page, as after a crash
    Listing page = make_shard_source(paths, {})->list(cursor, {});
    for (auto& candidate : page.candidates) resumed.push_back(std::move(candidate));
    cursor = page.next;
    ++n_pages;
  } while (!cursor.empty());
  EXPECT_GE(n_pages, 3);
  ASSERT_EQ(resumed.size(), whole.candidates.size());
  for (std::size_t i = 0; i < resumed.size(); ++i) {
    EXPECT_EQ(resumed[i].name, whole.candidates[i].name);
    EXPECT_EQ(resumed[i].title, whole.candidates[i].title);
    EXPECT_EQ(text_of(resumed[i]), text_of(whole.candidates[i]));
  }
}

TEST_F(Shards, ShardsOfOneNameInTwoFoldersGiveDistinctNames) {
  fs::create_directories(path("x"));
  fs::create_directories(path("y"));
  write_archive(path("x/s.tar"), {{"1.png"}});
  write_archive(path("y/s.tar"), {{"1.png"}});
  const Listing listing = read({"x/s.tar", "y/s.tar"});
  ASSERT_EQ(listing.candidates.size(), 2);
  EXPECT_EQ(listing.candidates[0].name, "s_1");
  EXPECT_EQ(listing.candidates[1].name, "s_2_1");
}

TEST_F(Shards, BracesAndWildcardsNameSeveral) {
  EXPECT_EQ(expand_braces("a-{08..10}.tar"), (std::vector<std::string>{"a-08.tar", "a-09.tar", "a-10.tar"}));
  EXPECT_EQ(expand_braces("{x,y}/{0..1}.tar"), (std::vector<std::string>{"x/0.tar", "x/1.tar", "y/0.tar", "y/1.tar"}));
  EXPECT_EQ(expand_braces("plain.tar"), std::vector<std::string>{"plain.tar"});
  EXPECT_EQ(expand_braces("{odd}.tar"), std::vector<std::string>{"{odd}.tar"});
  EXPECT_EQ(expand_braces("{3..1}.tar"), std::vector<std::string>{"{3..1}.tar"});
  EXPECT_THROW(expand_braces("{0..99999999}.tar"), Error);
  EXPECT_THROW(expand_braces("{0..9999}{0..9999}.tar"), Error);
  for (const char* name : {"s-0.tar", "s-1.tar"}) write_archive(path(name), {{"1.png"}});
  EXPECT_EQ(find_shards(path("s-{0..1}.tar").string()).size(), 2);
  EXPECT_EQ(find_shards(path("s-*.tar").string()).size(), 2);
  EXPECT_THROW(find_shards(path("s-{0..2}.tar").string()), Error);
  EXPECT_THROW(find_shards(path("t-*.tar").string()), Error);
}

TEST_F(Shards, ArgumentsAreRecognisedByTheirEnd) {
  for (const char* yes : {"a.tar", "A.TAR.GZ", "s-{000..010}.tar", "d/*.tar.zst", "comic.cbz", "x.zip"}) {
    EXPECT_TRUE(is_shards(yes)) << yes;
  }
  for (const char* no : {"a.gz", "tar", "https://host/a.tar", "a.tar.txt"}) EXPECT_FALSE(is_shards(no)) << no;
}

TEST(WhyUnsafe, NamesThatLeaveTheArchive) {
  EXPECT_EQ(why_unsafe("a/b.png"), "");
  EXPECT_EQ(why_unsafe("a..b/..c.png"), "");
  EXPECT_EQ(why_unsafe("./a.png"), "");
  EXPECT_EQ(why_unsafe("/a"), "has an absolute path");
  EXPECT_EQ(why_unsafe("\\\\host\\a"), "has an absolute path");
  EXPECT_EQ(why_unsafe("d:a"), "has an absolute path");
  EXPECT_EQ(why_unsafe("a/.."), "has a path that leaves the archive");
  EXPECT_EQ(why_unsafe("a\\..\\..\\b"), "has a path that leaves the archive");
  EXPECT_EQ(why_unsafe(""), "has a name that cannot be read");
}

}  // namespace
}  // namespace genga::fetch
