// Owners for libvips' handles, and its error buffer turned into genga::Error.
// libvips keeps one error text for all threads, so every failure must take it at once, or the next one inherits it.
#pragma once

#include <vips/vips.h>

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "genga/error.h"

namespace genga::image {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using ImagePtr = std::unique_ptr<VipsImage, Unref>;
using SourcePtr = std::unique_ptr<VipsSource, Unref>;
using OperationPtr = std::unique_ptr<VipsOperation, Unref>;

/// Takes and clears libvips' error text, shortened to its cause and the system's reason; "unknown reason" if empty.
std::string take_vips_error();

/// Throws Error "what (reason of libvips)". The code is `fallback` unless the reason shows a full disk or memory.
[[noreturn]] void fail_vips(ErrorCode fallback, std::string_view what);

/// Runs a libvips call of the form call(VipsImage** dst) and owns its result.
template <class Call>
ImagePtr make_image(std::string_view what, Call&& call, ErrorCode fallback = ErrorCode::kCorruptData) {
  VipsImage* dst = nullptr;
  if (std::forward<Call>(call)(&dst) != 0) fail_vips(fallback, what);
  return ImagePtr(dst);
}

/// Builds the operation; on failure its half-made outputs are released, as libvips requires of its callers.
void build(OperationPtr& operation, ErrorCode fallback, std::string_view what);

/// The body of a callback of libvips, which is C: exceptions must not cross its frames. What the body throws is kept
/// in `error` (the first one, if there are several) and libvips is told to stop; who called libvips rethrows it.
/// The body returns 0, or -1 to stop.
template <class Body>
int run_callback(std::exception_ptr& error, Body&& body) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (...) {
    if (!error) error = std::current_exception();
    return -1;
  }
}

/// Releases this thread's caches of libvips when a thread that called it ends.
struct VipsThread {
  VipsThread() = default;
  VipsThread(const VipsThread&) = delete;
  VipsThread& operator=(const VipsThread&) = delete;
  ~VipsThread() { vips_thread_shutdown(); }
};

}  // namespace genga::image
