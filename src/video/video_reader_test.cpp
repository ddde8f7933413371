// Tests of reading: sizes, rotation, times, color matrices, damaged and hostile files. FFmpeg makes the videos.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "genga/error.h"
#include "genga/video.h"
#include "video/ffmpeg.h"
#include "video/turn.h"

namespace genga::video {
namespace {

namespace fs = std::filesystem;

struct VideoSpec {
  int width = 48, height = 32, n_frames = 5;
  AVRational aspect{1, 1};
  double turn_degrees = 0;  // clockwise, asked for by the file
};

/// Grey level that fills the left half of frame i; the right half is black.
int level(int i) {
  return 60 + 30 * i;
}

void fill(AVFrame& frame, int i) {
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      frame.data[0][y * frame.linesize[0] + x] = static_cast<std::uint8_t>(x < frame.width / 2 ? level(i) : 16);
    }
  }
  for (int plane : {1, 2}) {
    for (int y = 0; y < frame.height / 2; ++y) {
      std::fill_n(frame.data[plane] + y * frame.linesize[plane], frame.width / 2, std::uint8_t{128});
    }
  }
}

void write_packets(AVFormatContext& format, AVCodecContext& codec, const AVFrame* frame) {
  avcodec_send_frame(&codec, frame);
  PacketPtr packet(av_packet_alloc());
  while (avcodec_receive_packet(&codec, packet.get()) == 0) {
    packet->duration = 1;
    av_packet_rescale_ts(packet.get(), codec.time_base, format.streams[0]->time_base);
    ASSERT_EQ(av_interleaved_write_frame(&format, packet.get()), 0);
  }
}

/// Room for a display matrix (9 values) in what the stream's header says.
std::int32_t* new_display_matrix(AVStream& stream) {
  return reinterpret_cast<std::int32_t*>(new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(std::int32_t)));
}

/// MPEG-4 part 2 at 10 frames a second; the suffix chooses the container.
void write_video(const fs::path& path, const VideoSpec& spec) {
  AVFormatContext* format = nullptr;
  ASSERT_GE(avformat_alloc_output_context2(&format, nullptr, nullptr, path.c_str()), 0);
  const AVCodec* encoder = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
  CodecPtr codec(avcodec_alloc_context3(encoder));
  codec->width = spec.width;
  codec->height = spec.height;
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->time_base = {1, 10};
  codec->framerate = {10, 1};
  codec->global_quality = FF_QP2LAMBDA;
  codec->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_GLOBAL_HEADER;
  codec->sample_aspect_ratio = spec.aspect;
  ASSERT_EQ(avcodec_open2(codec.get(), encoder, nullptr), 0);
  AVStream* stream = avformat_new_stream(format, encoder);
  avcodec_parameters_from_context(stream->codecpar, codec.get());
  stream->time_base = codec->time_base;
  stream->sample_aspect_ratio = spec.aspect;
  if (spec.turn_degrees != 0) {
    av_display_rotation_set(new_display_matrix(*stream), spec.turn_degrees);
  }
  ASSERT_EQ(avio_open(&format->pb, path.c_str(), AVIO_FLAG_WRITE), 0);
  ASSERT_GE(avformat_write_header(format, nullptr), 0);
  FramePtr frame(av_frame_alloc());
  frame->width = spec.width;
  frame->height = spec.height;
  frame->format = codec->pix_fmt;
  av_frame_get_buffer(frame.get(), 0);
  for (int i = 0; i < spec.n_frames; ++i) {
    av_frame_make_writable(frame.get());
    fill(*frame, i);
    frame->pts = i;
    write_packets(*format, *codec, frame.get());
  }
  write_packets(*format, *codec, nullptr);
  av_write_trailer(format);
  avio_closep(&format->pb);
  avformat_free_context(format);
}

int grey_at(const image::Image& image, int x, int y) {
  return image.rgb.at(3 * (static_cast<std::size_t>(y) * image.width + x) + 1);
}

/// BT.601 studio swing.
double grey_of_level(int luma) {
  return (luma - 16) * 255.0 / 219.0;
}

class VideoReaderTest : public ::testing::Test {
 protected:
  VideoReaderTest() {
    std::string name = (fs::temp_directory_path() / "genga_video_XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~VideoReaderTest() override { fs::remove_all(folder_); }

  std::string error_of(const fs::path& path) {
    try {
      VideoReader video(path);
      while (video.next()) {
      }
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(VideoReaderTest, HandsOutEveryFrameInOrderWithItsTime) {
  for (const char* name : {"a.avi", "a.mp4", "a.mkv"}) {
    SCOPED_TRACE(name);
    write_video(folder_ / name, {});
    VideoReader video(folder_ / name);
    EXPECT_EQ(video.info().width, 48);
    EXPECT_EQ(video.info().height, 32);
    EXPECT_EQ(video.info().codec, "mpeg4");
    EXPECT_NEAR(video.info().frames_per_s, 10, 0.01);
    int n = 0;
    for (auto frame = video.next(); frame; frame = video.next(), ++n) {
      EXPECT_NEAR(frame->time_s, 0.1 * n, 0.002);
      EXPECT_NEAR(grey_at(frame->image, 8, 16), grey_of_level(level(n)), 4) << n;
      EXPECT_NEAR(grey_at(frame->image, 40, 16), 0, 4) << n;
    }
    EXPECT_EQ(n, 5);
    EXPECT_EQ(video.n_damaged(), 0);
    EXPECT_FALSE(video.next().has_value());
  }
}

TEST_F(VideoReaderTest, TurnsFramesUpright) {
  write_video(folder_ / "turned.mp4", {.turn_degrees = 90});
  VideoReader video(folder_ / "turned.mp4");
  EXPECT_EQ(video.info().rotation_degrees, 90);
  EXPECT_EQ(video.info().width, 32);
  EXPECT_EQ(video.info().height, 48);
  const auto frame = video.next();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->image.width, 32);
  // The left half, turned clockwise, is the upper half.
  EXPECT_NEAR(grey_at(frame->image, 16, 8), grey_of_level(level(0)), 4);
  EXPECT_NEAR(grey_at(frame->image, 16, 40), 0, 4);
}

TEST_F(VideoReaderTest, MakesPixelsSquareAndReduces) {
  write_video(folder_ / "wide.mkv", {.aspect = {2, 1}});
  EXPECT_EQ(VideoReader(folder_ / "wide.mkv").info().width, 96);
  VideoReader video(folder_ / "wide.mkv", {.long_side_px = 24});
  EXPECT_EQ(video.info().width, 24);
  EXPECT_EQ(video.info().height, 8);
  const auto frame = video.next();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->image.rgb.size(), 24U * 8 * 3);
}

TEST_F(VideoReaderTest, ReadsWhatThereIsOfAVideoCutShort) {
  write_video(folder_ / "whole.mkv", {.n_frames = 40});
  fs::copy_file(folder_ / "whole.mkv", folder_ / "cut.mkv");
  fs::resize_file(folder_ / "cut.mkv", fs::file_size(folder_ / "cut.mkv") * 2 / 3);
  VideoReader video(folder_ / "cut.mkv");
  int n = 0;
  while (video.next()) ++n;
  EXPECT_GT(n, 5);
  EXPECT_LT(n, 40);
}

TEST_F(VideoReaderTest, SaysInOneSentenceWhatIsWrong) {
  EXPECT_EQ(error_of(folder_ / "none.mp4"), "video '" + (folder_ / "none.mp4").string() + "' does not exist");
  EXPECT_NE(error_of(folder_).find("is a folder"), std::string::npos);
  std::ofstream(folder_ / "text.mp4") << "no video at all, only words, and more words to be read";
  EXPECT_NE(error_of(folder_ / "text.mp4").find("is no video that can be read"), std::string::npos);
  std::ofstream(folder_ / "empty.mp4");
  EXPECT_NE(error_of(folder_ / "empty.mp4").find("is no video that can be read"), std::string::npos);
}

TEST_F(VideoReaderTest, DoesNotFollowPlaylists) {
  write_video(folder_ / "a.avi", {});
  std::ofstream(folder_ / "list.m3u8") << "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.avi\n#EXT-X-ENDLIST\n";
  std::ofstream(folder_ / "list.txt") << "ffconcat version 1.0\nfile 'a.avi'\n";
  EXPECT_NE(error_of(folder_ / "list.m3u8").find("is no video"), std::string::npos);
  EXPECT_NE(error_of(folder_ / "list.txt").find("is no video"), std::string::npos);
}

TEST(Turn, MovesCornersClockwise) {
  const image::Image row{.width = 2, .height = 1, .rgb = {1, 1, 1, 2, 2, 2}};
  EXPECT_EQ(turn(row, 0).rgb, row.rgb);
  const auto right = turn(row, 90);
  EXPECT_EQ(right.width, 1);
  EXPECT_EQ(right.height, 2);
  EXPECT_EQ(right.rgb, row.rgb);
  const std::vector<std::uint8_t> swapped{2, 2, 2, 1, 1, 1};
  EXPECT_EQ(turn(row, 180).rgb, swapped);
  EXPECT_EQ(turn(row, 270).rgb, swapped);
  EXPECT_EQ(turn(turn(row, 90), 270).rgb, row.rgb);
}

}  // namespace
}  // namespace genga::video
