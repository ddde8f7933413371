// The entry point of libgenga_video.so.
#include "video/backend.h"

extern "C" [[gnu::visibility("default")]] const genga::video::Backend* genga_video_backend() {
  static constexpr genga::video::Backend kBackend{GENGA_VERSION, &genga::video::open_source, &genga::video::open_sink};
  return &kBackend;
}
