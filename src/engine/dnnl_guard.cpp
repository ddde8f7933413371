// oneDNN's status codes in Genga's words.
#include "engine/dnnl_guard.h"

namespace genga::engine {

const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

Error translate(const dnnl::error& error, std::string_view what) {
  switch (error.status) {
    case dnnl_out_of_memory:
      return {ErrorCode::kOutOfMemory, fmt::format("{}: oneDNN ran out of memory; use a smaller image or tile", what)};
    case dnnl_unimplemented:
      return {ErrorCode::kUnsupported, fmt::format("{}: this oneDNN has no implementation ({})", what, error.what())};
    default:
      return {ErrorCode::kInternal,
              fmt::format("{}: oneDNN failed with status {} ({})", what, static_cast<int>(error.status), error.what())};
  }
}

}  // namespace genga::engine
