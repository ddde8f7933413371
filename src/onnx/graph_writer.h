// Builds an ONNX graph node by node. Values are named after our nodes; steps inside of one get a number.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

#include "onnx.pb.h"

namespace genga::onnx {

using Value = std::string;  // the name of a tensor in the file
using Ints = std::vector<std::int64_t>;

struct AttributeValue {
  std::string name;
  std::variant<std::int64_t, float, std::string, Ints> value;
};

class GraphWriter {
 public:
  explicit GraphWriter(Graph& graph) : graph_(graph) {}

  /// All values that follow belong to our node of this name.
  void begin_node(const std::string& name);
  /// Adds an operator with one result.
  Value add(const std::string& type, const std::vector<Value>& src, const std::vector<AttributeValue>& attributes = {});
  /// Stored tensors.
  Value floats(const Ints& dims, const std::vector<float>& values);
  Value number(float value) { return floats({}, {value}); }
  Value integers(const Ints& values);
  /// The last added operator's result is the value that other nodes know by our node's name.
  void end_node(Value& result);

 private:
  Value fresh_name();
  Tensor& initializer(const Ints& dims, int data_type);

  Graph& graph_;
  std::string node_;
  int step_ = 0;
};

}  // namespace genga::onnx
