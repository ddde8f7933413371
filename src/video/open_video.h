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

/// Throws Error as VideoReader does. device: a hardware device that decodes; null: none.
OpenVideo open_video(const std::filesystem::path& path, int threads, AVBufferRef* device = nullptr);
/// All streams, without a decoder.
FormatPtr open_container(const std::filesystem::path& path);
CodecPtr open_decoder(const std::filesystem::path& path, const AVStream& stream, int threads,
                      AVBufferRef* device = nullptr);

}  // namespace genga::video
