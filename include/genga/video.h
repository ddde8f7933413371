// Reads videos as images and writes images as videos, frame by frame, with FFmpeg's libraries. Frames are upright and
// gamma-coded as sRGB.
//
// Usual calls:  VideoReader video("a.mp4", {.long_side_px = 512});  while (auto frame = video.next())
// use(frame->image);
//               VideoWriter out("b.mp4", width, height, {});  out.write(image); ...  out.finish();
// Does not: read or write sound or subtitles, follow playlists to other files or the network, map HDR to SDR.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "genga/image.h"

namespace genga::video {

struct VideoInfo {
  int width = 0, height = 0;      // of the frames handed out: upright, square pixels, after reduction
  int rotation_degrees = 0;       // clockwise turn that the file asked for: 0, 90, 180 or 270
  double frames_per_s = 0;        // average; 0: unknown
  double duration_s = 0;          // 0: unknown
  std::string format{}, codec{};  // "matroska,webm", "h264"
};

struct ReadOptions {
  int long_side_px = 0;  // larger frames are reduced to it; 0: as they are
  int threads = 0;       // of the decoder; 0: cores
};

struct Frame {
  image::Image image;
  double time_s = 0;  // since the first frame; never less than that of the frame before
};

/// Threads: one at a time per reader.
class VideoReader {
 public:
  /// Throws Error: kNotFound, kIo, kCorruptData (no video), kUnsupported (no images in it, or no decoder for them).
  explicit VideoReader(const std::filesystem::path& path, const ReadOptions& options = {});
  VideoReader(VideoReader&&) noexcept;
  ~VideoReader();
  const VideoInfo& info() const;
  /// The next frame in order of presentation; nothing at the end. Damaged packets are skipped and counted.
  /// Throws Error: kCorruptData if the video holds not one readable frame.
  std::optional<Frame> next();
  std::int64_t n_damaged() const;  // packets that could not be decoded so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct WriteOptions {
  double frames_per_s = 25;
  int quality = 18;       // x264's constant rate factor: 0 lossless .. 51 worst; 18 looks as the source
  int threads = 0;        // of the encoder; 0: cores
  std::string comment{};  // stored in the container; empty: none
};

/// True for suffixes that VideoWriter writes: .mp4, .m4v, .mov, .mkv (in any case).
bool is_video_name(const std::filesystem::path& path);

/// H.264 with BT.709 colors in studio range and halved chroma, which every player shows. Odd sizes get one more row or
/// column, a copy of the last. Threads: one at a time per writer.
class VideoWriter {
 public:
  /// The suffix chooses the container. Throws Error: kInvalidArgument, kIo; kUnsupported if the installed FFmpeg has no
  /// encoder for H.264 (libx264).
  VideoWriter(const std::filesystem::path& path, int width, int height, const WriteOptions& options);
  VideoWriter(VideoWriter&&) noexcept;
  ~VideoWriter();
  /// Throws Error: kInvalidArgument (another size), kIo.
  void write(const image::Image& image);
  /// The file appears when this returns; without it nothing is left.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace genga::video
