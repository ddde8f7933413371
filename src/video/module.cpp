// The entry point of libgenga_video.so.
#include "video/backend.h"

extern "C" [[gnu::visibility("default")]] const genga::video::Backend* genga_video_backend() {
  using namespace genga::video;
  static constexpr Backend kBackend{.version = GENGA_VERSION,
                                    .open_source = &open_source,
                                    .open_sink = &open_sink,
                                    .open_clip = &ffmpeg::open_clip,
                                    .plan_encoding = &ffmpeg::plan_encoding,
                                    .open_part = &ffmpeg::open_part,
                                    .is_whole_part = &ffmpeg::is_whole_part,
                                    .join_parts = &ffmpeg::join_parts};
  return &kBackend;
}
