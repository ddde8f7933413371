// Any bytes give a consistent model or an Error; the same for plain tensor files.
#include "genga/error.h"
#include "genga/weights.h"
#include "require.h"

namespace {

using namespace genga;

void check_sizes(const weights::TensorMap& tensors, std::size_t file_bytes) {
  std::size_t total = 0;
  for (const auto& [name, tensor] : tensors) {
    total += tensor.bytes.size();
    fuzz::require(total <= file_bytes, "tensors lie inside the file and do not overlap");
    fuzz::require(tensor.to_f32().size() == static_cast<std::size_t>(tensor.size()), "a tensor has its dimensions");
  }
}

template <class Read>
void expect_result_or_error(Read read) {
  try {
    read();
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::kCorruptData || error.code() == ErrorCode::kUnsupported,
                  "bytes that are no model are corrupt or unsupported");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  expect_result_or_error([&] { check_sizes(weights::read_tensors(bytes, nullptr).tensors, size); });
  expect_result_or_error([&] {
    const weights::Model model = weights::read_model(bytes, nullptr);
    check_sizes(model.tensors, size);
    weights::check_tensors(model.graph, model.tensors);
  });
  return 0;
}
