// oneDNN's engine and stream, and the one place where its errors become genga::Error.
#pragma once

#include <dnnl.hpp>
#include <string_view>
#include <utility>

#include "genga/error.h"

namespace genga::engine {

/// The CPU; shared by all threads.
const dnnl::engine& cpu_engine();

/// Code and sentence for what oneDNN reported while doing `what`.
Error translate(const dnnl::error& error, std::string_view what);

/// Calls f; a oneDNN error is rethrown as Error: "<what>: oneDNN ...".
template <class F>
auto guarded(std::string_view what, F&& f) {
  try {
    return std::forward<F>(f)();
  } catch (const dnnl::error& error) {
    throw translate(error, what);
  }
}

}  // namespace genga::engine
