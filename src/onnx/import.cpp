// Reads a feature network from an ONNX file, node by node. Operators are in import_ops.cpp.
#include <algorithm>
#include <array>
#include <span>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/onnx.h"
#include "onnx/importer.h"

namespace genga::onnx {
namespace {

/// Operators that turn images into vectors, or ask for their size in order to do so.
bool ends_images(const std::string& op_type) {
  constexpr std::array<std::string_view, 8> kEnds{"Flatten", "Reshape", "Squeeze", "Gemm",
                                                  "MatMul",  "Softmax", "Shape",   "LogSoftmax"};
  return std::find(kEnds.begin(), kEnds.end(), op_type) != kEnds.end();
}

}  // namespace

Importer::Importer(const Graph& graph) : source_(graph) {
  for (const auto& tensor : graph.initializer()) constants_[tensor.name()] = &tensor;
  for (const auto& value : graph.input()) {
    if (!constants_.contains(value.name())) add_input(value);  // old exporters list the weights as inputs too
  }
  if (images_.empty()) fail(ErrorCode::kUnsupported, "the ONNX network has no input for images");
  for (const auto& node : graph.node()) {
    if (!add_node(node)) break;
  }
  if (output_ < 0 && graph.output_size() > 0) {
    const auto found = images_.find(graph.output(0).name());
    if (found != images_.end()) output_ = found->second;
  }
  if (output_ < 0) fail(ErrorCode::kCorruptData, "the ONNX network's output comes from none of its nodes");
}

void Importer::add_input(const ValueInfo& value) {
  const auto& dims = value.type().tensor_type().shape().dim();
  if (!images_.empty() || dims.size() != 4) {
    fail(ErrorCode::kUnsupported, "input '{}' of the ONNX network: expected one input [N,3,height,width]",
         value.name());
  }
  const auto size = [&](int i) { return static_cast<int>(std::clamp<std::int64_t>(dims[i].dim_value(), 0, 1 << 20)); };
  images_[value.name()] = model_.graph.add("x", ir::Input{.channels = size(1), .height = size(2), .width = size(3)});
  channels_.push_back(size(1));
}

bool Importer::add_node(const Node& node) {
  if (!node.domain().empty() && node.domain() != "ai.onnx") {
    fail(ErrorCode::kUnsupported, "{} of the ONNX network is of the operator set '{}', which Genga does not have",
         title_of(node), node.domain());
  }
  const std::string& type = node.op_type();
  if (ends_images(type) && is_image(node, 0)) {
    output_ = image(node, 0);
    return false;
  }
  if (type == "Constant") {
    add_constant(node);
  } else if (type == "Identity" || type == "Dropout") {
    pass_on(node);
  } else if (!add_images(node)) {
    fail(ErrorCode::kUnsupported,
         "{}: operator {} of the ONNX network is not among those of feature networks (Conv, BatchNormalization, Relu, "
         "MaxPool, AveragePool, GlobalAveragePool, ReduceMean, Concat, Add, Mul, ...); export it without",
         title_of(node), type);
  }
  return true;
}

void Importer::pass_on(const Node& node) {
  if (node.output_size() == 0) fail(ErrorCode::kCorruptData, "{} of the ONNX network has no output", title_of(node));
  if (is_image(node, 0)) {
    images_[node.output(0)] = image(node, 0);
  } else {
    constants_[node.output(0)] = &constant(node, 0);  // exporters share equal weights so
  }
}

std::string Importer::add(const Node& node, ir::Op op, std::vector<ir::NodeId> src, std::int64_t n_channels) {
  if (node.output_size() == 0) fail(ErrorCode::kCorruptData, "{} of the ONNX network has no output", title_of(node));
  constexpr std::int64_t kMaxChannels = 1 << 20;
  if (n_channels > kMaxChannels) {
    fail(ErrorCode::kUnsupported, "{} of the ONNX network has more than {} channels", title_of(node), kMaxChannels);
  }
  const std::string name = fmt::format("{}_{}", ir::type_name(op), model_.graph.nodes().size());
  images_[node.output(0)] = model_.graph.add(name, std::move(op), std::move(src));
  channels_.push_back(n_channels);
  return name;
}

void Importer::put(const std::string& name, std::vector<std::int64_t> dims, std::vector<float> values) {
  model_.tensors[name] = weights::make_tensor(std::move(dims), std::move(values));
}

void Importer::claim(const Node& node, std::int64_t n_planes, int k, std::int64_t n_held) {
  constexpr std::int64_t kMaxMade = std::int64_t{1} << 27;
  n_claimed_ += static_cast<double>(n_planes) * k * k - static_cast<double>(n_held);
  if (n_claimed_ <= static_cast<double>(kMaxMade)) return;
  fail(ErrorCode::kUnsupported, "{}: the ONNX network would have {:.0f} weights more than its file", title_of(node),
       n_claimed_);
}

const std::string& Importer::input_name(const Node& node, int index) const {
  if (index < node.input_size()) return node.input(index);
  fail(ErrorCode::kCorruptData, "{} of the ONNX network lacks its source {}", title_of(node), index);
}

bool Importer::is_image(const Node& node, int index) const {
  return index < node.input_size() && images_.contains(node.input(index));
}

ir::NodeId Importer::image(const Node& node, int index) const {
  const auto found = images_.find(input_name(node, index));
  if (found != images_.end()) return found->second;
  fail(ErrorCode::kUnsupported, "{} of the ONNX network: source '{}' is not made from the image", title_of(node),
       node.input(index));
}

const Tensor& Importer::constant(const Node& node, int index) const {
  const auto found = constants_.find(input_name(node, index));
  if (found != constants_.end()) return *found->second;
  fail(ErrorCode::kUnsupported, "{} of the ONNX network: source '{}' is not a constant", title_of(node),
       node.input(index));
}

weights::Model Importer::take() {
  weights::Model model;
  model.graph = ir::subgraph(model_.graph, output_);
  for (const auto& spec : ir::weight_specs(model.graph)) {
    const auto found = model_.tensors.find(spec.name);
    if (found != model_.tensors.end()) model.tensors.insert(*found);
  }
  weights::check_tensors(model.graph, model.tensors);
  return model;
}

weights::Model import_model(std::span<const std::byte> file, const std::string& name) {
  Model source;
  const bool fits = file.size() < (std::size_t{1} << 31);  // protobuf's limit
  if (!fits || !source.ParseFromArray(file.data(), static_cast<int>(file.size())) || !source.has_graph() ||
      source.graph().node_size() == 0) {
    fail(ErrorCode::kCorruptData, "'{}' is not an ONNX network", name);
  }
  try {
    weights::Model model = Importer(source.graph()).take();
    model.card.name = name;
    return model;
  } catch (const Error& error) {
    // A network that cannot be laid out is the file's fault here, not the caller's.
    const bool ours = error.code() == ErrorCode::kInvalidArgument;
    const Error told = ours ? Error(ErrorCode::kCorruptData, error.what()) : error;
    throw told.with_context(fmt::format("'{}'", name));
  }
}

weights::Model read_onnx_file(const std::filesystem::path& path) {
  weights::Model model = import_model(read_file(path), path.string());
  model.card.name = path.stem().string();
  return model;
}

}  // namespace genga::onnx
