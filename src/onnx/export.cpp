// Writes a network as an ONNX file: inputs, outputs and metadata. Operators are in export_ops.cpp.
#include <utility>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/onnx.h"
#include "onnx/export_ops.h"

namespace genga::onnx {
namespace {

constexpr int kIrVersion = 8, kOpset = 17;
constexpr int kFloat = 1;  // TensorProto.DataType

void set_dimension(Shape& shape, std::int64_t value, const char* name) {
  Dimension& dimension = *shape.add_dim();
  if (value > 0) {
    dimension.set_dim_value(value);
  } else {
    dimension.set_dim_param(name);
  }
}

/// height, width: 0 where they depend on the image.
void describe(ValueInfo& info, const std::string& name, std::int64_t channels, std::int64_t height,
              std::int64_t width) {
  info.set_name(name);
  TensorType& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(kFloat);
  set_dimension(*type.mutable_shape(), 0, "N");
  set_dimension(*type.mutable_shape(), channels, "C");
  set_dimension(*type.mutable_shape(), height, (name + "_height").c_str());
  set_dimension(*type.mutable_shape(), width, (name + "_width").c_str());
}

void check_weights(const weights::Model& model) {
  for (const ir::WeightSpec& spec : ir::weight_specs(model.graph)) {
    const auto found = model.tensors.find(spec.name);
    if (found == model.tensors.end() || found->second.dims != spec.dims) {
      fail(ErrorCode::kInvalidArgument, "'{}': the weight is missing or has another shape than the graph says",
           spec.name);
    }
  }
}

/// Protobuf stops at 2 GiB. Half a mebibyte is left for all that is not weights.
void check_size(const weights::Model& model) {
  std::int64_t bytes = 0;
  for (const ir::WeightSpec& spec : ir::weight_specs(model.graph)) bytes += 4 * model.tensors.at(spec.name).size();
  if (bytes <= (std::int64_t{2} << 30) - (1 << 19)) return;
  fail(ErrorCode::kUnsupported,
       "model '{}': its weights take {} as 32-bit numbers, but an ONNX file holds at most 2 GiB; use the model file",
       model.card.name, format_bytes(bytes));
}

void add_property(Model& file, const char* key, const std::string& value) {
  if (value.empty()) return;
  Property& property = *file.add_metadata_props();
  property.set_key(key);
  property.set_value(value);
}

void add_card(Model& file, const weights::ModelCard& card) {
  const auto add = [&](const char* key, const std::string& value) { add_property(file, key, value); };
  add("name", card.name);
  add("title", card.title);
  add("architecture", card.architecture);
  add("licence", card.licence);
  add("attribution", card.attribution);
  add("data", card.data);
  add("recipe", card.recipe);
  add("limits", card.limits);
  if (card.sized_for > 0) add("sized_for", std::to_string(card.sized_for));
  const weights::PixelFormat& pixels = card.pixels;
  add("channels", pixels.order == weights::ChannelOrder::kRgb ? "RGB" : "BGR");
  add("input_range", fmt::format("{}..{}", pixels.input_low, pixels.input_high));
  add("output_range", fmt::format("{}..{}", pixels.output_low, pixels.output_high));
}

void add_nodes(Graph& file, const weights::Model& model, const std::vector<ir::Shape>& shapes) {
  GraphWriter writer(file);
  std::vector<Value> values;
  for (const ir::Node& node : model.graph.nodes()) {
    if (values.empty()) {
      values.emplace_back("input");
      continue;
    }
    ExportNode source{node, model.tensors, {}, {}};
    for (const ir::NodeId id : node.src) {
      source.src.push_back(values[static_cast<std::size_t>(id)]);
      source.src_shapes.push_back(shapes[static_cast<std::size_t>(id)]);
    }
    writer.begin_node(node.name);
    Value result = export_op(writer, source);
    writer.end_node(result);
    values.push_back(std::move(result));
  }
  writer.begin_node("output");
  Value result = writer.add("Identity", {values[static_cast<std::size_t>(model.graph.output())]});
  writer.end_node(result);
}

}  // namespace

std::string export_model(const weights::Model& model) {
  check_weights(model);
  check_size(model);
  const ir::Input& input = model.graph.input();
  const std::vector<ir::Shape> shapes = ir::infer_shapes(model.graph, ir::probe_shape(model.graph));
  const ir::Shape& output = shapes[static_cast<std::size_t>(model.graph.output())];

  Model file;
  file.set_ir_version(kIrVersion);
  file.set_producer_name("genga");
  file.add_opset_import()->set_version(kOpset);
  add_card(file, model.card);
  Graph& graph = *file.mutable_graph();
  const int multiple = ir::receptive_field(model.graph).multiple;
  if (input.height == 0 && multiple > 1) add_property(file, "sides_multiple_of", std::to_string(multiple));
  graph.set_name(model.card.name.empty() ? "genga" : model.card.name);
  describe(*graph.add_input(), "input", input.channels, input.height, input.width);
  const bool fixed = input.height > 0;
  describe(*graph.add_output(), "output", output.c, fixed ? output.h : 0, fixed ? output.w : 0);
  add_nodes(graph, model, shapes);
  return file.SerializeAsString();
}

void write_onnx_file(const std::filesystem::path& path, const weights::Model& model) {
  write_file(path, export_model(model));
}

}  // namespace genga::onnx
