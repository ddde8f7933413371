// Lays tensors out and writes a safetensors file.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "genga/base.h"
#include "genga/error.h"
#include "weights/safetensors.h"

namespace genga::weights {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kAlignment = 64;  // a cache line, and what vector loads of any width want

std::vector<TensorMap::const_pointer> ordered(const TensorMap& tensors) {
  std::vector<TensorMap::const_pointer> order;
  for (const auto& item : tensors) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return dtype_bytes(a->second.dtype) > dtype_bytes(b->second.dtype);
  });
  return order;
}

void check_tensor(const std::string& name, const Tensor& tensor) {
  const auto expected = static_cast<std::size_t>(tensor.size() * dtype_bytes(tensor.dtype));
  if (tensor.bytes.size() != expected) {
    fail(ErrorCode::kInvalidArgument, "tensor '{}': has {} bytes, expected {} for its dimensions", name,
         tensor.bytes.size(), expected);
  }
  if (name == "__metadata__") {
    fail(ErrorCode::kInvalidArgument, "tensor '__metadata__': the name is reserved by the format; choose another");
  }
}

}  // namespace

std::string_view dtype_name(DType dtype) {
  return dtype == DType::kF32 ? "F32" : "F16";
}
std::int64_t dtype_bytes(DType dtype) {
  return dtype == DType::kF32 ? 4 : 2;
}

std::string write_header(const TensorFile& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::int64_t position = 0;
  for (const auto* item : ordered(file.tensors)) {
    const auto& [name, tensor] = *item;
    check_tensor(name, tensor);
    const std::int64_t end = position + static_cast<std::int64_t>(tensor.bytes.size());
    header[name] = {{"dtype", dtype_name(tensor.dtype)}, {"shape", tensor.dims}, {"data_offsets", {position, end}}};
    position = end;
  }
  std::string json;
  try {
    json = header.dump();
  } catch (const Json::exception&) {
    fail(ErrorCode::kInvalidArgument, "safetensors header: a name or metadata text is not valid UTF-8");
  }
  const std::size_t used = (kLengthBytes + json.size()) % kAlignment;
  json.append(used == 0 ? 0 : kAlignment - used, ' ');
  std::string text;
  for (std::size_t i = 0; i < kLengthBytes; ++i) text += static_cast<char>((json.size() >> (8 * i)) & 0xFFU);
  return text + json;
}

void write_tensor_file(const std::filesystem::path& path, const TensorFile& file) {
  const std::string header = write_header(file);
  AtomicFile target(path);
  std::ofstream stream(target.temporary(), std::ios::binary | std::ios::trunc);
  stream.write(header.data(), static_cast<std::streamsize>(header.size()));
  for (const auto* item : ordered(file.tensors)) {
    const std::span<const std::byte> bytes = item->second.bytes;
    stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  stream.close();
  if (!stream) fail(ErrorCode::kIo, "file '{}': cannot be written: {}", path.string(), std::strerror(errno));
  target.commit();
}

}  // namespace genga::weights
