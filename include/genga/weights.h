// Model files: safetensors whose metadata holds the graph's text and a model card. Byte layout:
// docs/formats/model_file.md.
//
// Usual calls:  Model m = read_model_file("style.safetensors");   write_model_file(path, m);
// Reading maps the file; tensors point into the mapping and keep it alive. Any bytes may be read: the only outcomes are
// a consistent model (every weight the graph needs is there, with its shape, and nothing else) or an Error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genga/graph.h"

namespace genga::weights {

enum class DType { kF32, kF16 };  // stored by safetensors' names "F32", "F16"

/// Immutable named array. Copies share the bytes.
struct Tensor {
  DType dtype = DType::kF32;
  std::vector<std::int64_t> dims;
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;  // keeps `bytes` alive; null for embedded data

  std::int64_t size() const;
  std::vector<float> to_f32() const;
};
Tensor make_tensor(std::vector<std::int64_t> dims, std::vector<float> values);
Tensor to_f16(const Tensor& tensor);

using TensorMap = std::map<std::string, Tensor, std::less<>>;

enum class ChannelOrder { kRgb, kBgr };  // stored by name

/// What images look like to the network (algorithms.md 0, T11): values map linearly, black..white to low..high.
struct PixelFormat {
  ChannelOrder order = ChannelOrder::kRgb;
  float input_low = -1, input_high = 1;
  float output_low = -1, output_high = 1;
};

/// Where a model comes from and what it may be used for. Empty strings mean unknown.
struct ModelCard {
  std::string name;          // "pepper"; letters, digits, '-', '_'
  std::string title;         // one line for people
  std::string architecture;  // row of the models table, e.g. "genga_lite"
  std::string licence;       // SPDX id or words
  std::string attribution;   // credit line that users must show
  std::string data;          // what it was trained on
  std::string recipe;        // how: commands, steps, hardware
  std::string limits;        // known weaknesses
  int sized_for = 0;         // longer side, in pixels, of the images that its strokes were made for; 0: any
  PixelFormat pixels;
};

struct Model {
  ir::Graph graph;
  TensorMap tensors;  // exactly weight_specs(graph)
  ModelCard card;
  std::string sha256;  // hex, of tensor names, shapes and data; filled by the reader, checked against the file's own
  std::map<std::string, std::string> extra;  // further metadata (training state describes itself here)
};

/// Throws Error: kNotFound, kIo; kCorruptData for broken bytes; kUnsupported for a safetensors file that is not a Genga
/// model or is of a newer version.
Model read_model_file(const std::filesystem::path& path);
/// Same from memory; `owner` keeps the bytes alive (null: they live forever, as embedded styles do).
/// check_hash: false believes the file's own hash, for bytes that are part of the program (it takes most of the time).
Model read_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, bool check_hash = true);
/// Atomic. Throws Error: kInvalidArgument if tensors do not match the graph; kIo.
void write_model_file(const std::filesystem::path& path, const Model& model);

/// Plain safetensors, for training state: any tensors and metadata, no graph.
struct TensorFile {
  TensorMap tensors;
  std::map<std::string, std::string> metadata;
};
TensorFile read_tensor_file(const std::filesystem::path& path);
TensorFile read_tensors(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);
void write_tensor_file(const std::filesystem::path& path, const TensorFile& file);

/// NumPy's .npz with f32 or f16 arrays, stored or deflated. Throws Error: kNotFound, kIo, kCorruptData, kUnsupported.
TensorMap read_npz_file(const std::filesystem::path& path);
TensorMap read_npz(std::span<const std::byte> file);

/// Fixed networks whose features are compared (losses, distances): "squeezenet" or "vgg19", by the tensor names of the
/// files they were published in. Throws Error: kUnsupported.
std::string_view recognize_features(const TensorMap& published);
/// Published weights for a graph of that architecture (the row of models.h's table; it may end early). The result's
/// graph takes RGB in [-1,1]: it begins with a 1x1 convolution `kPixelsNode` that makes of it what the network was
/// trained on, so the preprocessing is stored with the weights. Throws Error: kUnsupported, kCorruptData.
Model import_features(const TensorMap& published, const ir::Graph& graph);
inline constexpr std::string_view kPixelsNode = "pixels";

/// Throws Error: kCorruptData naming the first missing, superfluous or misshapen tensor.
void check_tensors(const ir::Graph& graph, const TensorMap& tensors);
/// What whole-image norms saw of one image, for transform::freeze_norms. Named like weights, one number a channel:
/// `<node>.mean` and `<node>.var` of all (LayerNorm: the same value repeated), `.target_mean` and `.target_var` of
/// LADE's second source, `.layer_mean` and `.layer_var` of LIN and AdaLIN, `.gamma` and `.beta` of AdaLIN. Variances
/// are as the norm uses them (unbiased). Attention: `.log_sum`, one number a slot of its memory.
struct NormStatistics {
  std::map<std::string, std::vector<float>, std::less<>> values;
};

}  // namespace genga::weights
