// Finds and loads libgenga_video.so.
#pragma once

#include <string_view>

#include "video/backend.h"

namespace genga::video {

/// Loads a module by file name (searched for as the program's RUNPATH says: beside it in a build tree, in ../lib/genga
/// once installed) or path. It stays until the process ends. Throws Error: kUnsupported, with the loader's words.
const Backend& load_backend(const char* file);

/// libgenga_video.so, loaded by the first call. A failed call may be repeated. Thread-safe.
const Backend& backend();

}  // namespace genga::video
