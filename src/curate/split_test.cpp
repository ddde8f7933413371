// Splits: fractions, counts, groups, and that images which come later move none.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "curate/clean/checks.h"
#include "genga/clean.h"
#include "genga/error.h"
#include "genga/sha256.h"

namespace genga::curate {
namespace {

dataset::Manifest make(int n) {
  dataset::Manifest manifest;
  for (int i = 0; i < n; ++i) {
    dataset::Entry& entry = manifest.entries.emplace_back();
    entry.file = fmt::format("{}.png", i);
    entry.sha256 = sha256_of(std::as_bytes(std::span(entry.file)));
  }
  return manifest;
}

std::map<std::string, std::string> sides(const dataset::Manifest& manifest) {
  std::map<std::string, std::string> result;
  for (const dataset::Entry& entry : manifest.entries) result[entry.file] = entry.split;
  return result;
}

TEST(Split, HoldsOutAboutTheShareAndDependsOnTheSeed) {
  dataset::Manifest manifest = make(2000);
  const SplitReport report = split_collection(manifest, {.fraction = 0.1, .seed = 1});
  EXPECT_NEAR(static_cast<double>(report.held_out), 200, 45);
  EXPECT_EQ(report.train + report.held_out, 2000);
  const auto first = sides(manifest);
  EXPECT_EQ(split_collection(manifest, {.fraction = 0.1, .seed = 1}).moved, 0);
  EXPECT_GT(split_collection(manifest, {.fraction = 0.1, .seed = 2}).moved, 200);
  EXPECT_NE(first, sides(manifest));
}

TEST(Split, AddedImagesMoveNone) {
  dataset::Manifest few = make(300), more = make(500);
  split_collection(few, {});
  for (auto& entry : few.entries) more.find(entry.file)->split = entry.split;
  EXPECT_EQ(split_collection(more, {}).moved, 0);
}

TEST(Split, CopiesCutsAndImagesOfOnePageStayTogether) {
  dataset::Manifest manifest = make(900);
  for (std::size_t i = 0; i < 300; ++i) manifest.entries[i].measures[kGroup] = static_cast<double>(i / 5);
  for (std::size_t i = 300; i < 600; ++i) {
    manifest.entries[i].origin = dataset::Origin{.operation = "panel", .file = fmt::format("page{}.png", i / 6)};
  }
  for (std::size_t i = 600; i < 900; ++i) manifest.entries[i].page = fmt::format("https://example.org/{}", i / 3);
  const SplitReport report = split_collection(manifest, {.fraction = 0.3});
  EXPECT_EQ(report.groups, 60 + 50 + 100);
  for (std::size_t i = 1; i < 900; ++i) {
    const std::size_t size = i < 300 ? 5 : i < 600 ? 6 : 3;
    if (i % size == 0) continue;
    EXPECT_EQ(manifest.entries[i].split, manifest.entries[i - 1].split) << i;
  }
  EXPECT_GT(report.held_out, 150);
  EXPECT_EQ(split_collection(manifest, {.by_group = false}).groups, 0);
}

/// After `genga data manifest --page URL` all images are of one page.
TEST(Split, AGroupThatIsLargerThanWhatIsHeldOutIsDividedAndTold) {
  dataset::Manifest manifest = make(40);
  for (dataset::Entry& entry : manifest.entries) entry.page = "https://example.org/comic";
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const SplitReport report = split_collection(manifest, {.fraction = 0.1, .seed = seed});
    EXPECT_GE(report.held_out, 1) << seed;
    EXPECT_LE(report.held_out, 12) << seed;
    ASSERT_EQ(report.notes.size(), 1U);
    EXPECT_EQ(report.notes[0],
              "40 images of one page (https://example.org/comic) do not all stay together: groups are limited to 4 "
              "here, so that about as many images as were asked for are held out");
  }
  EXPECT_TRUE(split_collection(manifest, {.fraction = 0}).notes.empty());
}

/// Of each of 20 pages 5 cuts, and between neighbouring pages a link, made all one group, of which nothing was held
/// out.
TEST(Split, GroupsThatAreLinkedDoNotGrowBeyondWhatIsHeldOut) {
  dataset::Manifest manifest = make(100);
  for (std::size_t i = 0; i < 100; ++i) {
    manifest.entries[i].page = fmt::format("https://example.org/{}", i / 5);
    const std::size_t link = i % 5 == 0 ? i / 5 : i / 5 + 1;  // of a page's first cut and of those of the page before
    if (i % 5 == 0 || i % 5 == 4) {
      manifest.entries[i].origin = dataset::Origin{.operation = "panel", .file = fmt::format("strip{}.png", link)};
    }
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const SplitReport report = split_collection(manifest, {.fraction = 0.1, .seed = seed});
    EXPECT_GE(report.held_out, 2) << seed;
    EXPECT_LE(report.held_out, 30) << seed;
    EXPECT_FALSE(report.notes.empty());
  }
}

TEST(Split, CopiesStayTogetherHoweverManyAndWhateverTheirPages) {
  dataset::Manifest manifest = make(100);
  for (std::size_t i = 0; i < 30; ++i) manifest.entries[i].measures[kGroup] = 1;
  for (std::size_t i = 0; i < 60; ++i) manifest.entries[i].page = fmt::format("https://example.org/{}", i % 30);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    split_collection(manifest, {.fraction = 0.1, .seed = seed});
    for (std::size_t i = 1; i < 30; ++i) EXPECT_EQ(manifest.entries[i].split, manifest.entries[0].split) << seed;
  }
}

TEST(Split, OfFewImagesAPageStaysWithItsOnlyCut) {
  for (int n = 4; n < 10; ++n) {
    dataset::Manifest manifest = make(n);
    manifest.entries[1].origin =
        dataset::Origin{.operation = "panel", .file = "0.png", .sha256 = manifest.entries[0].sha256};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      EXPECT_TRUE(split_collection(manifest, {.seed = seed}).notes.empty());
      EXPECT_EQ(manifest.entries[0].split, manifest.entries[1].split) << n << " " << seed;
    }
  }
}

/// Groups of pages are limited by a power of two, so that they do not break up with each image that comes.
TEST(Split, AddedImagesMoveNoPages) {
  dataset::Manifest few = make(160), more = make(300);
  for (auto* manifest : {&few, &more}) {
    for (std::size_t i = 0; i < 160; ++i) manifest->entries[i].page = fmt::format("https://example.org/{}", i / 20);
  }
  split_collection(few, {});
  for (auto& entry : few.entries) more.find(entry.file)->split = entry.split;
  EXPECT_EQ(split_collection(more, {}).moved, 0);
}

TEST(Split, ACountIsMetExactlyAlsoWithGroups) {
  dataset::Manifest manifest = make(50);
  for (std::size_t i = 0; i < 50; ++i) manifest.entries[i].measures[kGroup] = static_cast<double>(i / 5);
  for (std::int64_t count = 0; count < 50; ++count) {
    const SplitReport report = split_collection(manifest, {.count = count});
    EXPECT_EQ(report.held_out, count);
    EXPECT_EQ(report.notes.size(), count % 5 == 0 ? 0U : 1U) << count;
  }
}

TEST(Split, AFractionOfFewImagesHoldsOutSomeAndLeavesSome) {
  for (const double fraction : {0.01, 0.1, 0.99}) {
    for (int n = 2; n < 12; ++n) {
      dataset::Manifest manifest = make(n);
      const SplitReport report = split_collection(manifest, {.fraction = fraction});
      EXPECT_GE(report.held_out, n >= 10 ? 2 : 1);
      EXPECT_GE(report.train, 1);
    }
  }
  dataset::Manifest manifest = make(5);
  EXPECT_EQ(split_collection(manifest, {.fraction = 0}).held_out, 0);
}

TEST(Split, FramesOfOneVideoAreSplit) {
  dataset::Manifest manifest = make(200);
  for (dataset::Entry& entry : manifest.entries)
    entry.origin = dataset::Origin{.operation = "frame", .file = "video.mp4"};
  const SplitReport report = split_collection(manifest, {.fraction = 0.5});
  EXPECT_GT(report.held_out, 50);
  EXPECT_GT(report.train, 50);
}

TEST(Split, CountIsMetWithImagesThatAreKept) {
  dataset::Manifest manifest = make(100);
  for (std::size_t i = 0; i < 40; ++i) manifest.entries[i].decisions.push_back({.step = "clean", .keep = false});
  const SplitReport report = split_collection(manifest, {.count = 12});
  EXPECT_EQ(report.held_out, 12);
  EXPECT_EQ(report.train, 48);
  EXPECT_THROW(split_collection(manifest, {.count = 60}), Error);
  EXPECT_THROW(split_collection(manifest, {.fraction = 1}), Error);
}

}  // namespace
}  // namespace genga::curate
