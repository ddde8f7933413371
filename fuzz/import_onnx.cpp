// Any bytes give a network whose weights fit it, or an Error.
#include "genga/error.h"
#include "genga/onnx.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace genga;
  try {
    const weights::Model model = onnx::import_model({reinterpret_cast<const std::byte*>(data), size}, "input");
    weights::check_tensors(model.graph, model.tensors);
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::kCorruptData || error.code() == ErrorCode::kUnsupported,
                  "bytes that are no network are corrupt or unsupported");
  }
  return 0;
}
