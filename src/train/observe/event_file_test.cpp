// Event files as bytes: checksums, whole records, full disks. Whether TensorBoard reads them: tests/observe.
#include "train/observe/event_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>

#include "base/test_full_disk.h"
#include "genga/error.h"
#include "image/test_folder.h"
#include "train/observe/histogram.h"
#include "train/observe/record.h"
#include "train/observe/term_groups.h"

namespace genga::train {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// RFC 3720, B.4.
TEST(Record, ChecksumsAreThePublishedOnes) {
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending.push_back(c);
  EXPECT_EQ(crc32c(ascending), 0x46DD794EU);
}

TEST(Histogram, LeavesOutWhatIsNotFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  const Histogram counted = count_values(std::vector<float>{nan, 3, -infinity, -4});
  EXPECT_EQ(counted.n, 2);
  EXPECT_EQ(counted.min, -4);
  EXPECT_EQ(counted.max, 3);
  EXPECT_EQ(counted.counts.size(), 3U);  // two and the gap between them
  EXPECT_EQ(count_values(std::vector<float>{nan}).n, 0);
  EXPECT_TRUE(count_values({}).counts.empty());
}

TEST(Histogram, TakesTheLargestAndTheSmallestNumbers) {
  const float huge = std::numeric_limits<float>::max(), tiny = std::numeric_limits<float>::denorm_min();
  const Histogram counted = count_values(std::vector<float>{-huge, -tiny, tiny, huge});
  EXPECT_EQ(counted.counts, (std::vector<double>{1, 0, 1, 1, 0, 1}));
  EXPECT_TRUE(std::ranges::is_sorted(counted.limits));
}

TEST(EventFile, FullDiskLeavesWholeRecordsAndTheFileUsable) {
  const image::TestFolder folder;
  EventFile events(folder.path(), 1000);
  events.scalars(1, {{"loss", 1}});
  events.flush();
  const std::string before = bytes_of(events.path());
  {
    const FullDisk full(before.size() + 20);
    events.scalars(2, {{"loss", 2}});
    EXPECT_THROW(events.flush(), Error);
  }
  EXPECT_EQ(bytes_of(events.path()), before);
  events.scalars(3, {{"loss", 3}});
  events.flush();
  const std::string after = bytes_of(events.path());
  EXPECT_EQ(after.substr(0, before.size()), before);
  EXPECT_GT(after.size(), before.size());
}

TEST(EventFile, RecordsDoNotWaitForAFlushForLong) {
  const image::TestFolder folder;
  EventFile patient(folder.path(), 1000), hasty(folder.path(), 0);
  const std::size_t begun = bytes_of(patient.path()).size();
  patient.scalars(1, {{"loss", 1}});
  hasty.scalars(1, {{"loss", 1}});
  EXPECT_EQ(bytes_of(patient.path()).size(), begun);
  EXPECT_GT(bytes_of(hasty.path()).size(), begun);
  EXPECT_NE(patient.path(), hasty.path());
}

TEST(EventFile, SaysWhereItCannotWrite) {
  const image::TestFolder folder;
  std::ofstream(folder.path() / "file") << "in the way";
  try {
    const EventFile events(folder.path() / "file" / "events");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("file/events"), std::string::npos) << error.what();
  }
}

TEST(TermGroups, NamesSayWhatTermsAreAbout) {
  EXPECT_EQ(group_of("grad_discriminator_color").tag, "gradient_norm");
  EXPECT_EQ(group_of("d").tag, "discriminator");
  EXPECT_EQ(group_of("d_color").tag, "discriminator");
  EXPECT_EQ(group_of("r1").tag, "discriminator");
  EXPECT_EQ(group_of("g_color").tag, "generator");
  EXPECT_EQ(group_of("gradient").tag, "generator");
  EXPECT_EQ(group_of("content").tag, "generator");
  EXPECT_EQ(group_of("images_per_second").tag, "speed");
}

}  // namespace
}  // namespace genga::train
