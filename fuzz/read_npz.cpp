// Any bytes give arrays that lie inside the file's limits, or an Error; also as a feature network.
#include "genga/error.h"
#include "genga/weights.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace genga;
  try {
    const weights::TensorMap tensors = weights::read_npz({reinterpret_cast<const std::byte*>(data), size});
    for (const auto& [name, tensor] : tensors) {
      fuzz::require(tensor.to_f32().size() == static_cast<std::size_t>(tensor.size()), "an array has its shape");
    }
    weights::recognize_features(tensors);
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::kCorruptData || error.code() == ErrorCode::kUnsupported ||
                      error.code() == ErrorCode::kOutOfMemory,
                  "bytes that are no npz are corrupt, unsupported or too large");
  }
  return 0;
}
