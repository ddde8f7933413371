// Constants and attributes of an ONNX file as plain numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx.pb.h"

namespace genga::onnx {

/// How messages name a node: "Conv 'features.0'".
std::string title_of(const Node& node);

/// Throws Error: kUnsupported (not a float tensor, or stored in another file), kCorruptData (too few numbers).
std::vector<float> floats_of(const Tensor& tensor);
/// Throws Error: kUnsupported (not whole numbers), kCorruptData.
std::vector<std::int64_t> integers_of(const Tensor& tensor);
std::vector<std::int64_t> dims_of(const Tensor& tensor);

/// The attributes of a node; each question has a default.
class Attributes {
 public:
  explicit Attributes(const Node& node) : node_(node) {}
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  float number(std::string_view name, float otherwise) const;
  std::string text(std::string_view name, std::string_view otherwise) const;
  std::vector<std::int64_t> integers(std::string_view name, std::vector<std::int64_t> otherwise) const;
  const Tensor* tensor(std::string_view name) const;  // null if absent

 private:
  const Attribute* find(std::string_view name) const;
  const Node& node_;
};

}  // namespace genga::onnx
