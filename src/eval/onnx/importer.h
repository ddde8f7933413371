// The state of one import: which ONNX value is which node of our graph or which constant.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "eval/onnx/values.h"
#include "genga/weights.h"

namespace genga::eval {

class Importer {
 public:
  /// Throws Error as import_onnx does.
  explicit Importer(const onnx::Graph& graph);
  weights::Model take();

 private:
  struct Window {  // of a convolution or pooling, checked
    int kernel_h = 1, kernel_w = 1;
    int stride = 1;
    ir::Pad pad{};
    bool ceil_mode = false;
  };

  void add_input(const onnx::ValueInfo& value);
  /// False where images end: the network is complete.
  bool add_node(const onnx::Node& node);
  /// False for an operator that is not known.
  bool add_images(const onnx::Node& node);
  void add_conv(const onnx::Node& node);
  void add_batch_norm(const onnx::Node& node);
  void add_activation(const onnx::Node& node);
  void add_max_pool(const onnx::Node& node);
  void add_average_pool(const onnx::Node& node);
  void add_global_pool(const onnx::Node& node);
  void add_reduce_mean(const onnx::Node& node);
  void add_concat(const onnx::Node& node);
  void add_arithmetic(const onnx::Node& node);
  void add_constant(const onnx::Node& node);
  void pass_on(const onnx::Node& node);
  /// Mean of windows that count the padding: a convolution of each channel with a constant.
  void add_mean_conv(const onnx::Node& node, const Window& window);
  void add_channel_affine(const onnx::Node& node, ir::NodeId src, const std::vector<float>& scale,
                          const std::vector<float>& offset);

  Window window_of(const onnx::Node& node, int kernel_h, int kernel_w) const;
  Window pool_window(const onnx::Node& node) const;

  /// Appends our node for the ONNX node's first output. Returns its name, for the weights.
  std::string add(const onnx::Node& node, ir::Op op, std::vector<ir::NodeId> src, std::int64_t n_channels);
  void put(const std::string& name, std::vector<std::int64_t> dims, std::vector<float> values);

  const std::string& input_name(const onnx::Node& node, int index) const;
  bool is_image(const onnx::Node& node, int index) const;
  ir::NodeId image(const onnx::Node& node, int index) const;
  const onnx::Tensor& constant(const onnx::Node& node, int index) const;
  std::int64_t channels(ir::NodeId id) const { return channels_.at(static_cast<std::size_t>(id)); }

  const onnx::Graph& source_;
  weights::Model model_;
  std::map<std::string, ir::NodeId> images_;
  std::map<std::string, const onnx::Tensor*> constants_;
  std::vector<std::int64_t> channels_;  // of our nodes
  ir::NodeId output_ = -1;
};

}  // namespace genga::eval
