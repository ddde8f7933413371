// The state of one import: which ONNX value is which node of our graph or which constant.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "genga/weights.h"
#include "onnx/import_values.h"

namespace genga::onnx {

class Importer {
 public:
  /// Throws Error as import_model does.
  explicit Importer(const Graph& graph);
  weights::Model take();

 private:
  struct Window {  // of a convolution or pooling, checked
    int kernel_h = 1, kernel_w = 1;
    int stride = 1;
    ir::Pad pad{};
    bool ceil_mode = false;
  };

  void add_input(const ValueInfo& value);
  /// False where images end: the network is complete.
  bool add_node(const Node& node);
  /// False for an operator that is not known.
  bool add_images(const Node& node);
  void add_conv(const Node& node);
  void add_batch_norm(const Node& node);
  void add_activation(const Node& node);
  void add_max_pool(const Node& node);
  void add_average_pool(const Node& node);
  void add_global_pool(const Node& node);
  void add_reduce_mean(const Node& node);
  void add_concat(const Node& node);
  void add_arithmetic(const Node& node);
  void add_constant(const Node& node);
  void pass_on(const Node& node);
  /// Mean of windows that count the padding: a convolution of each channel with a constant.
  void add_mean_conv(const Node& node, const Window& window);
  void add_channel_affine(const Node& node, ir::NodeId src, const std::vector<float>& scale,
                          const std::vector<float>& offset);

  Window window_of(const Node& node, int kernel_h, int kernel_w) const;
  Window pool_window(const Node& node) const;

  /// Appends our node for the ONNX node's first output. Returns its name, for the weights.
  std::string add(const Node& node, ir::Op op, std::vector<ir::NodeId> src, std::int64_t n_channels);
  void put(const std::string& name, std::vector<std::int64_t> dims, std::vector<float> values);

  /// Counts the weights that n_planes kernels of k x k have beyond the n_held of the file, before they are made, since
  /// a file of a few bytes could ask for gigabytes. Throws Error: kUnsupported.
  void claim(const Node& node, std::int64_t n_planes, int k, std::int64_t n_held);

  const std::string& input_name(const Node& node, int index) const;
  bool is_image(const Node& node, int index) const;
  ir::NodeId image(const Node& node, int index) const;
  const Tensor& constant(const Node& node, int index) const;
  std::int64_t channels(ir::NodeId id) const { return channels_.at(static_cast<std::size_t>(id)); }

  const Graph& source_;
  weights::Model model_;
  std::map<std::string, ir::NodeId> images_;
  std::map<std::string, const Tensor*> constants_;
  std::vector<std::int64_t> channels_;  // of our nodes
  ir::NodeId output_ = -1;
  double n_claimed_ = 0;
};

}  // namespace genga::onnx
