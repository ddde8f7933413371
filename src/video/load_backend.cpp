// Loads libgenga_video.so when the first video is opened, and checks that it is of this build.
#include "video/load_backend.h"

#include "genga/error.h"
#include "genga/system.h"

namespace genga::video {
namespace {

[[noreturn]] void refuse(const char* file, std::string_view why) {
  fail(ErrorCode::kUnsupported,
       "videos need genga's module {} and FFmpeg's libraries, which cannot be loaded: {}; install genga again", file,
       why);
}

EntryPoint entry_point(const char* file) {
  try {
    return reinterpret_cast<EntryPoint>(load_symbol(file, kEntryPoint));
  } catch (const Error& error) {
    refuse(file, error.what());
  }
}

}  // namespace

const Backend& load_backend(const char* file) {
  const Backend* backend = entry_point(file)();
  if (backend->version != GENGA_VERSION) {
    refuse(file, fmt::format("it is of version {}, expected {}", backend->version, GENGA_VERSION));
  }
  return *backend;
}

const Backend& backend() {
  static const Backend& loaded = load_backend(GENGA_VIDEO_MODULE);
  return loaded;
}

}  // namespace genga::video
