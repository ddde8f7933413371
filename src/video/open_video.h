// A file to a demuxer and the decoder of its best image stream.
#pragma once

#include <filesystem>

#include "genga/video.h"
#include "video/ffmpeg.h"

namespace genga::video {

struct OpenVideo {
  FormatPtr format;
  CodecPtr codec;
  AVStream* stream = nullptr;  // owned by `format`
  int rotation_degrees = 0;
};

/// Throws Error as VideoReader does.
OpenVideo open_video(const std::filesystem::path& path, int threads);

}  // namespace genga::video
