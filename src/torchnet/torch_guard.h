// Translates LibTorch's exceptions into genga::Error; every call from outside into torch code passes through guarded().
#pragma once

#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include "genga/error.h"
#include "torchnet/aten.h"

namespace genga::torchnet {

/// Runs `body`; what LibTorch throws leaves as Error: kOutOfMemory or kInternal, prefixed by `context`.
template <class Body>
decltype(auto) guarded(std::string_view context, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& error) {
    const std::string_view text = error.what_without_backtrace();
    const bool memory = text.find("allocate memory") != std::string_view::npos ||  // on the CPU
                        text.find("out of memory") != std::string_view::npos;      // on a GPU
    if (memory) fail(ErrorCode::kOutOfMemory, "{}: not enough memory (LibTorch says: {})", context, text);
    fail(ErrorCode::kInternal, "{}: LibTorch says: {}", context, text);
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::kOutOfMemory, "{}: not enough memory", context);
  } catch (const std::exception& error) {  // oneDNN's pass through LibTorch as they are
    fail(ErrorCode::kInternal, "{}: LibTorch says: {}", context, error.what());
  }
}

}  // namespace genga::torchnet
