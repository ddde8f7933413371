// Tests of part files: what is written comes back, and damage is found.
#include "video/part_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "genga/error.h"

namespace genga::video {
namespace {

namespace fs = std::filesystem;

class PartFileTest : public ::testing::Test {
 protected:
  PartFileTest() {
    std::string name = (fs::temp_directory_path() / "genga_part_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    path_ = folder_ / "0.part";
  }
  ~PartFileTest() override { fs::remove_all(folder_); }

  void write(int n) {
    PartFileWriter part(path_, header_);
    const PacketPtr packet = new_packet();
    for (int i = 0; i < n; ++i) {
      ASSERT_EQ(av_new_packet(packet.get(), 10 + i), 0);
      std::fill_n(packet->data, packet->size, static_cast<std::uint8_t>(i));
      packet->pts = std::int64_t{1} << 40 | i;
      packet->flags = i == 0 ? AV_PKT_FLAG_KEY : 0;
      part.write(*packet);
      av_packet_unref(packet.get());
    }
    part.finish(7);
  }

  /// Packets that can be read. Throws as the reader does.
  int read() {
    PartFileReader part(path_);
    EXPECT_EQ(part.header(), header_);
    const PacketPtr packet = new_packet();
    int n = 0;
    for (; part.read(*packet); av_packet_unref(packet.get()), ++n) {
      EXPECT_EQ(packet->size, 10 + n);
      EXPECT_EQ(packet->pts, std::int64_t{1} << 40 | n);
      EXPECT_EQ(packet->flags, n == 0 ? AV_PKT_FLAG_KEY : 0);
      EXPECT_EQ(packet->data[9], n);
    }
    EXPECT_EQ(part.last_duration(), 7);
    return n;
  }

  fs::path folder_, path_;
  PartHeader header_{.codec = "h264", .pixel_format = "yuv420p", .width = 64, .height = 48, .extradata = {1, 2, 3}};
};

TEST_F(PartFileTest, WhatIsWrittenComesBack) {
  write(5);
  EXPECT_EQ(read(), 5);
  write(0);
  EXPECT_EQ(read(), 0);
}

TEST_F(PartFileTest, AppearsOnlyWhenFinished) {
  {
    PartFileWriter part(path_, header_);
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(PartFileTest, EveryCutAndEveryChangedByteIsFound) {
  write(3);
  const std::vector<std::byte> whole = read_file(path_);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    write_file(path_, std::span(whole).first(i));
    EXPECT_THROW(PartFileReader(path_).header().codec.empty() || read(), Error) << "cut at " << i;
    auto changed = whole;
    changed[i] ^= std::byte{0x40};
    write_file(path_, changed);
    const auto read_all = [&] {
      PartFileReader part(path_);
      const PacketPtr packet = new_packet();
      for (; part.read(*packet); av_packet_unref(packet.get())) {
      }
    };
    EXPECT_THROW(read_all(), Error) << "changed at " << i;
  }
}

}  // namespace
}  // namespace genga::video
