#include "video/load_backend.h"

#include <dlfcn.h>

#include "genga/error.h"

namespace genga::video {
namespace {

[[noreturn]] void refuse(const char* file, std::string_view why) {
  fail(ErrorCode::kUnsupported,
       "videos need genga's module {} and FFmpeg's libraries, which cannot be loaded: {}; install genga again", file,
       why);
}

}  // namespace

const Backend& load_backend(const char* file) {
  void* module = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) refuse(file, ::dlerror());
  const auto entry = reinterpret_cast<EntryPoint>(::dlsym(module, kEntryPoint));
  if (entry == nullptr) refuse(file, ::dlerror());
  const Backend* backend = entry();
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
