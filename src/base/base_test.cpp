// Tests of atomic files, nearest names, half floats, sizes in bytes and resources.
#include "genga/base.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "genga/error.h"

namespace genga {
namespace {

namespace fs = std::filesystem;

class TemporaryFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("genga_base_{}", ::getpid());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  fs::path folder_;
};

using AtomicFileTest = TemporaryFolder;

TEST_F(AtomicFileTest, AppearsOnlyOnCommit) {
  AtomicFile file(folder_ / "a.txt");
  std::ofstream(file.temporary()) << "hello";
  EXPECT_FALSE(fs::exists(folder_ / "a.txt"));
  file.commit();
  EXPECT_TRUE(fs::exists(folder_ / "a.txt"));
  EXPECT_EQ(count(), 1U);
}

TEST_F(AtomicFileTest, LeavesNothingWithoutCommitAndKeepsTheOldFile) {
  write_file(folder_ / "a.txt", std::string_view("old"));
  {
    AtomicFile file(folder_ / "a.txt");
  }
  EXPECT_EQ(count(), 1U);
  EXPECT_EQ(read_file(folder_ / "a.txt").size(), 3U);
}

/// A killed process of the same number left them: in a container every program has number 1.
TEST_F(AtomicFileTest, PassesOverTemporaryFilesThatWereLeft) {
  for (int i = 0; i < 100; ++i) std::ofstream(folder_ / fmt::format(".genga-{}-{}.part", ::getpid(), i)) << "left";
  for (int i = 0; i < 100; ++i) write_file(folder_ / "a.txt", std::string_view("new"));
  EXPECT_EQ(read_file(folder_ / "a.txt").size(), 3U);
  EXPECT_EQ(count(), 101U);
}

TEST_F(AtomicFileTest, NamesThePathWhenTheFolderIsMissing) {
  try {
    AtomicFile file(folder_ / "missing" / "a.txt");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("missing/a.txt"), std::string::npos) << error.what();
  }
}

TEST_F(AtomicFileTest, RefusesAFolderAsTarget) {
  EXPECT_THROW(AtomicFile{folder_}, Error);
}

TEST_F(AtomicFileTest, NamesNoFileSystemHasAreErrorsOfOurs) {
  for (const std::string& name : {std::string(300, 'x'), std::string(250, 'x') + "/y"}) {
    try {
      AtomicFile file(folder_ / name);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIo) << error.what();
    }
  }
}

TEST_F(AtomicFileTest, ReadFileReservesNothingForAFileAboveTheLimit) {
  {
    std::ofstream(folder_ / "vast") << "x";
  }
  fs::resize_file(folder_ / "vast", std::uintmax_t{1} << 43);  // sparse; no machine has that much memory
  try {
    read_file(folder_ / "vast");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kOutOfMemory) << error.what();
  }
}

TEST_F(AtomicFileTest, ReadFileTellsMissingFromTooLarge) {
  write_file(folder_ / "a.txt", std::string_view("12345"));
  const auto code = [&](const fs::path& path, std::int64_t limit) {
    try {
      read_file(path, limit);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::kInternal;
  };
  EXPECT_EQ(code(folder_ / "b.txt", 10), ErrorCode::kNotFound);
  EXPECT_EQ(code(folder_ / "a.txt", 4), ErrorCode::kOutOfMemory);
  EXPECT_EQ(code(folder_, 4), ErrorCode::kIo);
}

TEST(Half, EveryHalfSurvivesTheRoundTrip) {
  for (int i = 0; i < 65536; ++i) {
    const auto half = static_cast<std::uint16_t>(i);
    const float value = half_to_float(half);
    if (std::isnan(value)) continue;
    EXPECT_EQ(float_to_half(value), half) << i;
  }
}

TEST(Half, RoundsToNearestEvenAndSaturates) {
  EXPECT_EQ(half_to_float(float_to_half(1.0F + 0x1p-11F)), 1.0F);              // tie to even
  EXPECT_EQ(half_to_float(float_to_half(1.0F + 0x1.8p-10F)), 1.0F + 0x1p-9F);  // tie to even, upward
  EXPECT_EQ(float_to_half(65520.0F), 0x7C00);                                  // first value that rounds to infinity
  EXPECT_EQ(half_to_float(float_to_half(65519.0F)), 65504.0F);
  EXPECT_TRUE(std::isnan(half_to_float(float_to_half(NAN))));
}

TEST(NearestName, FindsTypingErrorsOnly) {
  const std::vector<std::string> names = {"strength", "keep-color", "size"};
  EXPECT_EQ(nearest_name("strenght", names), "strength");
  EXPECT_EQ(nearest_name("keep-color", names), "keep-color");
  EXPECT_EQ(nearest_name("banana", names), std::nullopt);
  EXPECT_EQ(did_you_mean("sise", names), "; did you mean 'size'?");
}

TEST(ParseBytes, AcceptsUsualUnitsAndRefusesNonsense) {
  EXPECT_EQ(parse_bytes("800M"), 800LL << 20);
  EXPECT_EQ(parse_bytes("1.5GiB"), 3LL << 29);
  EXPECT_EQ(parse_bytes("12 kb"), 12288);
  EXPECT_EQ(parse_bytes("77"), 77);
  for (const char* bad : {"", "M", "-1", "1X", "nan", "inf", "1e300"}) EXPECT_THROW(parse_bytes(bad), Error) << bad;
}

TEST(Cancel, ThrowsOnceCancelled) {
  CancelToken token;
  EXPECT_NO_THROW(token.check());
  token.cancel();
  EXPECT_THROW(token.check(), Error);
}

TEST(Resources, CoresAreThoseOfTheAffinityMask) {
  cpu_set_t all;
  ASSERT_EQ(::sched_getaffinity(0, sizeof all, &all), 0);
  EXPECT_GE(available_cores(), 1);
  EXPECT_LE(available_cores(), CPU_COUNT(&all));
  cpu_set_t one;
  CPU_ZERO(&one);
  for (std::size_t cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);  // of this thread
  EXPECT_EQ(available_cores(), 1);
  ASSERT_EQ(::sched_setaffinity(0, sizeof all, &all), 0);
}

TEST(Resources, MemoryIsNoMoreThanTheMachineHas) {
  struct sysinfo machine{};
  ASSERT_EQ(::sysinfo(&machine), 0);
  EXPECT_GT(available_memory_bytes(), 1 << 20);
  const std::int64_t available = available_memory_bytes();
  EXPECT_GT(available, 0);
  EXPECT_LE(available, static_cast<std::int64_t>(machine.totalram) * machine.mem_unit);
}

TEST(ErrorTable, MapsCodesToStatuses) {
  EXPECT_EQ(exit_status(ErrorCode::kInvalidArgument), 2);
  EXPECT_EQ(exit_status(ErrorCode::kCancelled), 130);
  EXPECT_EQ(exit_status(ErrorCode::kBusy), 1);
  EXPECT_EQ(error_name(ErrorCode::kCorruptData), "corrupt_data");
}

}  // namespace
}  // namespace genga
