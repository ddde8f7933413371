// Nodes, attributes and stored tensors of an ONNX graph.
#include "onnx/graph_writer.h"

#include <cstring>

#include "genga/ops.h"
#include "genga/overloaded.h"

namespace genga::onnx {
namespace {

// AttributeProto.AttributeType and TensorProto.DataType of onnx.proto.
constexpr int kFloatAttribute = 1, kIntAttribute = 2, kTextAttribute = 3, kIntsAttribute = 7;
constexpr int kFloatTensor = 1, kInt64Tensor = 7;

template <typename T>
std::string bytes_of(const std::vector<T>& values) {  // little-endian, as ONNX has it
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

void set_value(Attribute& attribute, const AttributeValue& source) {
  attribute.set_name(source.name);
  std::visit(overloaded{[&](std::int64_t value) {
                          attribute.set_i(value);
                          attribute.set_type(kIntAttribute);
                        },
                        [&](float value) {
                          attribute.set_f(value);
                          attribute.set_type(kFloatAttribute);
                        },
                        [&](const std::string& value) {
                          attribute.set_s(value);
                          attribute.set_type(kTextAttribute);
                        },
                        [&](const Ints& values) {
                          for (const std::int64_t value : values) attribute.add_ints(value);
                          attribute.set_type(kIntsAttribute);
                        }},
             source.value);
}

}  // namespace

void GraphWriter::begin_node(const std::string& name) {
  node_ = name;
  step_ = 0;
}

Value GraphWriter::fresh_name() {
  return node_ + "/" + std::to_string(step_++);
}

Value GraphWriter::add(const std::string& type, const std::vector<Value>& src,
                       const std::vector<AttributeValue>& attributes) {
  Node& node = *graph_.add_node();
  const Value name = fresh_name();
  node.set_op_type(type);
  node.set_name(name);
  for (const Value& value : src) node.add_input(value);
  node.add_output(name);
  for (const AttributeValue& attribute : attributes) set_value(*node.add_attribute(), attribute);
  return name;
}

Tensor& GraphWriter::initializer(const Ints& dims, int data_type) {
  Tensor& tensor = *graph_.add_initializer();
  tensor.set_name(fresh_name());
  tensor.set_data_type(data_type);
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  return tensor;
}

Value GraphWriter::floats(const Ints& dims, const std::vector<float>& values) {
  Tensor& tensor = initializer(dims, kFloatTensor);
  tensor.set_raw_data(bytes_of(values));
  return tensor.name();
}

Value GraphWriter::integers(const Ints& values) {
  Tensor& tensor = initializer({static_cast<std::int64_t>(values.size())}, kInt64Tensor);
  tensor.set_raw_data(bytes_of(values));
  return tensor.name();
}

void GraphWriter::end_node(Value& result) {
  // A result that another node made (an op that does nothing) keeps its name.
  if (graph_.node_size() == 0) return;
  Node& last = *graph_.mutable_node(graph_.node_size() - 1);
  if (last.output(0) != result) return;
  last.set_output(0, node_);
  last.set_name(node_);
  result = node_;
}

}  // namespace genga::onnx
