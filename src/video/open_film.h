// A file to a demuxer and the decoder of its best picture stream.
#pragma once

#include <filesystem>

#include "genga/video.h"
#include "video/ffmpeg.h"

namespace genga::video {

struct OpenFilm {
  FormatPtr format;
  CodecPtr codec;
  AVStream* stream = nullptr;  // owned by `format`
  int rotation_degrees = 0;
};

/// Throws Error as FilmReader does.
OpenFilm open_film(const std::filesystem::path& path, int threads);

}  // namespace genga::video
