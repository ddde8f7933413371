// Tensors and attributes of an ONNX file as checked numbers.
#include "onnx/import_values.h"

#include <cstring>

#include "genga/base.h"
#include "genga/error.h"

namespace genga::onnx {
namespace {

// ONNX's TensorProto.DataType.
constexpr int kFloat = 1;
constexpr int kInt32 = 6;
constexpr int kInt64 = 7;
constexpr int kFloat16 = 10;
constexpr int kDouble = 11;
constexpr int kExternal = 1;  // TensorProto.DataLocation

/// Number of elements. Throws for sizes that no file can hold.
std::size_t count(const Tensor& tensor) {
  std::int64_t n = 1;
  for (const std::int64_t d : tensor.dims()) {
    if (d < 0 || (d > 0 && n > (std::int64_t{1} << 32) / d)) {
      fail(ErrorCode::kCorruptData, "ONNX tensor '{}' has an impossible shape", tensor.name());
    }
    n *= d;
  }
  return static_cast<std::size_t>(n);
}

void check_is_inside(const Tensor& tensor) {
  if (tensor.data_location() != kExternal) return;
  fail(ErrorCode::kUnsupported, "ONNX tensor '{}' lies in another file; save the model with its weights in one file",
       tensor.name());
}

template <typename Stored>
std::vector<Stored> raw_numbers(const Tensor& tensor) {
  const std::size_t n = count(tensor);
  if (tensor.raw_data().size() != n * sizeof(Stored)) {
    fail(ErrorCode::kCorruptData, "ONNX tensor '{}' holds {} bytes; its shape needs {}", tensor.name(),
         tensor.raw_data().size(), n * sizeof(Stored));
  }
  std::vector<Stored> numbers(n);
  if (!numbers.empty()) std::memcpy(numbers.data(), tensor.raw_data().data(), tensor.raw_data().size());
  return numbers;
}

template <typename Stored, typename List>
std::vector<Stored> listed_numbers(const Tensor& tensor, const List& list) {
  if (static_cast<std::size_t>(list.size()) != count(tensor)) {
    fail(ErrorCode::kCorruptData, "ONNX tensor '{}' holds {} numbers; its shape needs {}", tensor.name(), list.size(),
         count(tensor));
  }
  return {list.begin(), list.end()};
}

template <typename Stored, typename List>
std::vector<Stored> numbers(const Tensor& tensor, const List& list) {
  return tensor.has_raw_data() ? raw_numbers<Stored>(tensor) : listed_numbers<Stored>(tensor, list);
}

}  // namespace

std::string title_of(const Node& node) {
  const std::string& name = !node.name().empty() || node.output_size() == 0 ? node.name() : node.output(0);
  return fmt::format("{} '{}'", node.op_type(), name);
}

std::vector<float> floats_of(const Tensor& tensor) {
  check_is_inside(tensor);
  switch (tensor.data_type()) {
    case kFloat:
      return numbers<float>(tensor, tensor.float_data());
    case kDouble: {
      const auto wide = numbers<double>(tensor, tensor.double_data());
      return {wide.begin(), wide.end()};
    }
    case kFloat16: {
      std::vector<float> result;
      for (const std::uint16_t half : numbers<std::uint16_t>(tensor, tensor.int32_data())) {
        result.push_back(half_to_float(half));
      }
      return result;
    }
    default:
      fail(ErrorCode::kUnsupported,
           "ONNX tensor '{}' has data type {}; expected floating point (1, 10 or 11): export the network unquantised",
           tensor.name(), tensor.data_type());
  }
}

std::vector<std::int64_t> integers_of(const Tensor& tensor) {
  check_is_inside(tensor);
  if (tensor.data_type() == kInt64) return numbers<std::int64_t>(tensor, tensor.int64_data());
  if (tensor.data_type() == kInt32) {
    const auto narrow = numbers<std::int32_t>(tensor, tensor.int32_data());
    return {narrow.begin(), narrow.end()};
  }
  fail(ErrorCode::kUnsupported, "ONNX tensor '{}' has data type {}; expected whole numbers", tensor.name(),
       tensor.data_type());
}

std::vector<std::int64_t> dims_of(const Tensor& tensor) {
  return {tensor.dims().begin(), tensor.dims().end()};
}

const Attribute* Attributes::find(std::string_view name) const {
  for (const auto& attribute : node_.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

std::int64_t Attributes::integer(std::string_view name, std::int64_t otherwise) const {
  const auto* attribute = find(name);
  return attribute == nullptr ? otherwise : attribute->i();
}

float Attributes::number(std::string_view name, float otherwise) const {
  const auto* attribute = find(name);
  return attribute == nullptr ? otherwise : attribute->f();
}

std::string Attributes::text(std::string_view name, std::string_view otherwise) const {
  const auto* attribute = find(name);
  return attribute == nullptr ? std::string(otherwise) : attribute->s();
}

std::vector<std::int64_t> Attributes::integers(std::string_view name, std::vector<std::int64_t> otherwise) const {
  const auto* attribute = find(name);
  if (attribute == nullptr) return otherwise;
  return {attribute->ints().begin(), attribute->ints().end()};
}

const Tensor* Attributes::tensor(std::string_view name) const {
  const auto* attribute = find(name);
  return attribute == nullptr || !attribute->has_t() ? nullptr : &attribute->t();
}

}  // namespace genga::onnx
