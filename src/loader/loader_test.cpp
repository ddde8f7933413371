// Tests of image draws, crops, batches and of the loader's threads.
#include "loader/loader.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "genga/error.h"
#include "image/test_folder.h"
#include "loader/sampler.h"

namespace genga::loader {
namespace {

namespace fs = std::filesystem;

class LoaderTest : public testing::Test {
 protected:
  void SetUp() override {
    image::draw_images(folder_.path() / "photo", 7, 0);
    image::draw_images(folder_.path() / "style", 5, 50);
  }
  std::vector<fs::path> files(const char* name) const {
    return dataset::scan_images(std::vector{folder_.path() / name}).files;
  }
  static LoaderOptions small() { return {.batch = 3, .crop_px = 32, .photo_scale = {1, 2}, .style_scale = {1, 2}}; }

  image::TestFolder folder_;
};

TEST(Sampler, ShowsEveryImageOnceAnEpochInChangingOrder) {
  for (const std::int64_t n : {1, 2, 7, 64, 100}) {
    std::vector<std::int64_t> first, second;
    for (std::int64_t i = 0; i < n; ++i) {
      first.push_back(sample(5, i, n));
      second.push_back(sample(5, n + i, n));
    }
    EXPECT_EQ(std::set(first.begin(), first.end()).size(), static_cast<std::size_t>(n));
    EXPECT_EQ(std::set(second.begin(), second.end()).size(), static_cast<std::size_t>(n));
    if (n > 10) {
      EXPECT_NE(first, second);
    }
  }
}

TEST_F(LoaderTest, GivesTheSameBatchesWithAnyNumberOfThreads) {
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  LoaderOptions options = small();
  options.style_choice = 2;
  Loader one(photos, styles, options);
  options.threads = 3;
  Loader three(photos, styles, options);
  for (int i = 0; i < 20; ++i) {
    const Batch a = one.next(), b = three.next();
    ASSERT_EQ(a.index, i);
    ASSERT_EQ(b.index, i);
    ASSERT_EQ(a.photo, b.photo);
    ASSERT_EQ(a.style, b.style);
    ASSERT_EQ(a.style_smooth, b.style_smooth);
  }
}

TEST_F(LoaderTest, StartsAnywhere) {
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  LoaderOptions options = small();
  options.first_batch = 11;
  Loader loader(photos, styles, options);
  const Batch batch = loader.next();
  EXPECT_EQ(batch.index, 11);
  EXPECT_EQ(batch.photo, make_batch(photos, styles, small(), 11).photo);
}

TEST_F(LoaderTest, RanksSeeTogetherWhatOneProcessSees) {
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  LoaderOptions options = small();
  options.batch = 6;
  const Batch whole = make_batch(photos, styles, options, 5);
  options.ranks = 3;
  std::vector<float> photo, style, style_smooth;
  for (options.rank = 0; options.rank < 3; ++options.rank) {
    const Batch part = make_batch(photos, styles, options, 5);
    photo.insert(photo.end(), part.photo.begin(), part.photo.end());
    style.insert(style.end(), part.style.begin(), part.style.end());
    style_smooth.insert(style_smooth.end(), part.style_smooth.begin(), part.style_smooth.end());
  }
  EXPECT_EQ(photo, whole.photo);
  EXPECT_EQ(style, whole.style);
  EXPECT_EQ(style_smooth, whole.style_smooth);
}

/// A dark and a bright image.
void draw_night_and_day(const fs::path& folder) {
  fs::create_directories(folder);
  for (const int base : {10, 180}) {
    image::Image image = image::draw_image(96, 80, base);
    for (std::uint8_t& value : image.rgb) value = static_cast<std::uint8_t>(base + value / 5);
    image::write_image(folder / fmt::format("{}.png", base), image);
  }
}

TEST_F(LoaderTest, ChoosesStyleCropsThatAreLikeThePhotos) {
  draw_night_and_day(folder_.path() / "photos2");
  draw_night_and_day(folder_.path() / "styles2");
  ImageStore photos(files("photos2"), {}), styles(files("styles2"), {});
  LoaderOptions options = small();
  options.batch = 12;
  const auto n_alike = [&] {
    const Batch batch = make_batch(photos, styles, options, 0);
    const std::size_t size = batch.style.size() / 12;
    int n = 0;  // both dark or both bright
    for (int i = 0; i < 12; ++i) n += (batch.photo[i * size] < 0) == (batch.style[i * size] < 0);
    return n;
  };
  EXPECT_LT(n_alike(), 12);
  options.style_choice = 30;
  EXPECT_EQ(n_alike(), 12);
}

TEST_F(LoaderTest, SeedsDiffer) {
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  LoaderOptions other = small();
  other.seed = 2;
  EXPECT_NE(make_batch(photos, styles, small(), 0).photo, make_batch(photos, styles, other, 0).photo);
}

TEST_F(LoaderTest, PutsSaltOnSmoothImagesOnly) {
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  LoaderOptions options = small();
  const Batch plain = make_batch(photos, styles, options, 2);
  options.smooth_salt = 0.1;
  const Batch salted = make_batch(photos, styles, options, 2);
  EXPECT_EQ(salted.style, plain.style);
  EXPECT_NE(salted.style_smooth, plain.style_smooth);
  EXPECT_EQ(salted.style_smooth, make_batch(photos, styles, options, 2).style_smooth);
}

TEST_F(LoaderTest, DrawsPhotoCropsOfOneColorAgain) {
  // Half white: a quarter of all crops would be.
  image::Image half = image::draw_image(96, 80, 1);
  for (int y = 0; y < 80; ++y) std::fill_n(half.rgb.begin() + std::ptrdiff_t{y} * 288, 144, std::uint8_t{255});
  fs::create_directories(folder_.path() / "half");
  image::write_image(folder_.path() / "half" / "a.png", half);
  ImageStore photos(files("half"), {}), styles(files("style"), {});
  LoaderOptions options = small();
  options.photo_scale = {1, 1};
  int n_white = 0;
  for (int k = 0; k < 40; ++k) {
    const Batch batch = make_batch(photos, styles, options, k);
    const std::size_t size = batch.photo.size() / 3;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto first = batch.photo.begin() + static_cast<std::ptrdiff_t>(i * size);
      n_white += std::all_of(first, first + static_cast<std::ptrdiff_t>(size), [](float v) { return v == 1; }) ? 1 : 0;
    }
  }
  EXPECT_LE(n_white, 3) << "of 120";
}

TEST_F(LoaderTest, AddsTheMarginToPhotosOnly) {
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  LoaderOptions options = small();
  options.photo_margin_px = 8;
  const Batch batch = make_batch(photos, styles, options, 0);
  EXPECT_EQ(batch.photo.size(), 3U * 3 * 48 * 48);
  EXPECT_EQ(batch.style.size(), 3U * 3 * 32 * 32);
}

TEST_F(LoaderTest, ReplacesUnreadableImagesAndSaysWhichOnce) {
  const fs::path broken = folder_.path() / "photo" / "a_broken.png";
  std::ofstream(broken) << "not an image";
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  for (int i = 0; i < 12; ++i) make_batch(photos, styles, small(), i);
  const std::vector<dataset::Skipped> skipped = photos.take_skipped();
  ASSERT_EQ(skipped.size(), 1U);
  EXPECT_EQ(skipped[0].path, broken);
  EXPECT_FALSE(skipped[0].reason.empty());
  EXPECT_TRUE(photos.take_skipped().empty());
}

TEST_F(LoaderTest, FailsWhenNoImageIsLeft) {
  const fs::path folder = folder_.path() / "broken";
  fs::create_directories(folder);
  for (const char* name : {"a.jpg", "b.jpg"}) std::ofstream(folder / name) << "not an image";
  ImageStore photos(files("broken"), {}), styles(files("style"), {});
  Loader loader(photos, styles, small());
  try {
    loader.next();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(std::string(error.what()).find("broken/"), std::string::npos) << error.what();
  }
}

TEST_F(LoaderTest, GivesTheSameBatchesWhenMemoryHoldsOneImageOnly) {
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  ImageStore few_photos(files("photo"), {.memory_bytes = 1}), few_styles(files("style"), {.memory_bytes = 1});
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(make_batch(photos, styles, small(), i).photo, make_batch(few_photos, few_styles, small(), i).photo);
  }
}

TEST_F(LoaderTest, ReducesImagesAboveTheLongSideAndEnlargesNone) {
  ImageStore reduced(files("photo"), {.max_side_px = 48}), whole(files("photo"), {.max_side_px = 4000});
  EXPECT_EQ(reduced.get(0)->width, 48);
  EXPECT_EQ(whole.get(0)->width, 96);
}

/// Comics for the web: what is learnt from must be as large as on a page.
TEST_F(LoaderTest, ReducesLongStripsAsTheirPages) {
  const fs::path strips = folder_.path() / "strips";
  fs::create_directories(strips);
  image::write_image(strips / "high.png", image::draw_image(40, 1500, 1));
  image::write_image(strips / "narrow.png", image::draw_image(20, 1500, 2));
  image::write_image(strips / "wide.png", image::draw_image(1500, 80, 3));
  ImageStore store(files("strips"), {.max_side_px = 96, .crop_px = 32});
  EXPECT_EQ(store.get(0)->width, 40);  // below half of max_side: as it is
  EXPECT_EQ(store.get(0)->height, 1500);
  EXPECT_EQ(store.get(1)->width, 20);
  EXPECT_EQ(store.get(2)->height, 48);  // as a page of 96 x 48
  EXPECT_EQ(store.get(2)->width, 900);
  ImageStore poor(files("strips"), {.max_side_px = 96, .memory_bytes = 12 * 20'000});  // at most 20,000 pixels each
  EXPECT_LE(poor.get(2)->width * poor.get(2)->height, 20'500);
}

TEST_F(LoaderTest, TellsOnceWhichImagesAreSmallerThanTheCrop) {
  image::draw_images(folder_.path() / "style", 5, 50);
  image::write_image(folder_.path() / "style" / "a_tiny.png", image::draw_image(20, 100, 2));
  ImageStore store(files("style"), {.max_side_px = 96, .crop_px = 32, .memory_bytes = 24000});
  for (int round = 0; round < 2; ++round) {
    for (std::int64_t i = 0; i < store.size(); ++i) store.get(i);
  }
  const auto small = store.take_small();
  ASSERT_EQ(small.size(), 1U);
  EXPECT_EQ(small[0].path.filename(), "a_tiny.png");
  EXPECT_NE(small[0].reason.find("is 20 x 100 px, below the 32 px of a crop"), std::string::npos) << small[0].reason;
  EXPECT_TRUE(store.take_small().empty());
  ImageStore reduced(files("style"), {.max_side_px = 36, .crop_px = 32});
  reduced.get(1);
  ASSERT_EQ(reduced.take_small().size(), 1U);  // 36 x 30
}

TEST_F(LoaderTest, CutsImagesSmallerThanTheCrop) {
  ImageStore photos(files("photo"), {}), styles(files("style"), {});
  LoaderOptions options = small();
  options.crop_px = 256;
  EXPECT_EQ(make_batch(photos, styles, options, 0).photo.size(), 3U * 3 * 256 * 256);
}

/// Makes a loader of many threads where the address space has no room for their stacks. Status 0: it goes on with
/// fewer.
void load_without_room(rlim_t bytes) {
  ImageStore photos({}, {}), styles({}, {});
  const rlimit limit{bytes, bytes};
  if (::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(2);
  try {
    const Loader loader(photos, styles, {.crop_px = 32, .threads = 4096});
  } catch (const Error& error) {
    std::_Exit(error.code() == ErrorCode::kOutOfMemory ? 3 : 4);
  }
  std::_Exit(0);
}

TEST(LoaderDeathTest, WorksWithAsManyThreadsAsTheSystemGives) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs the address space that this test takes away";
#endif
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(load_without_room(rlim_t{1} << 30), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(load_without_room(1), ::testing::ExitedWithCode(3), "");
}

}  // namespace
}  // namespace genga::loader
