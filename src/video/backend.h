// The interface between the programs and the module libgenga_video.so. FFmpeg needs more than a hundred shared
// libraries, and loading them takes longer than most commands run. So they are in a module that is loaded when the
// first video is opened.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "genga/transcode.h"
#include "genga/video.h"

namespace genga::video {

/// VideoReader's calls.
class VideoSource {
 public:
  virtual ~VideoSource() = default;
  virtual const VideoInfo& info() const = 0;
  virtual std::optional<Frame> next() = 0;
  virtual std::int64_t n_damaged() const = 0;
};

/// VideoWriter's calls.
class VideoSink {
 public:
  virtual ~VideoSink() = default;
  virtual void write(const image::Image& image) = 0;
  virtual void finish() = 0;
};

/// All calls throw Error as VideoReader's and VideoWriter's do; exceptions cross from the module to the program.
struct Backend {
  std::string_view version;  // of Genga; program and module must be of one build
  std::unique_ptr<VideoSource> (*open_source)(const std::filesystem::path& path, const ReadOptions& options);
  std::unique_ptr<VideoSink> (*open_sink)(const std::filesystem::path& path, int width, int height,
                                          const WriteOptions& options);
  // The functions of transcode.h by these names.
  decltype(&video::open_clip) open_clip;
  decltype(&video::plan_encoding) plan_encoding;
  decltype(&video::open_part) open_part;
  decltype(&video::is_whole_part) is_whole_part;
  decltype(&video::join_parts) join_parts;
};

// The module's side, with FFmpeg.
std::unique_ptr<VideoSource> open_source(const std::filesystem::path& path, const ReadOptions& options);
/// Requires: arguments that VideoWriter has checked.
std::unique_ptr<VideoSink> open_sink(const std::filesystem::path& path, int width, int height,
                                     const WriteOptions& options);

namespace ffmpeg {

decltype(video::open_clip) open_clip;
decltype(video::plan_encoding) plan_encoding;
decltype(video::open_part) open_part;
decltype(video::is_whole_part) is_whole_part;
decltype(video::join_parts) join_parts;

}  // namespace ffmpeg

/// Name of the module's only visible function, of type EntryPoint.
inline constexpr const char* kEntryPoint = "genga_video_backend";
using EntryPoint = const Backend* (*)();

}  // namespace genga::video
