// Opens a feature network and picks its layers.
#include "train/parts/perceptual.h"

#include <fmt/core.h>

#include <array>
#include <span>

#include "genga/error.h"
#include "genga/models.h"

namespace genga::train {
namespace {

constexpr std::string_view kPyramid = "none";

std::vector<ir::NodeId> find_layers(const ir::Graph& graph, std::span<const std::string> names) {
  std::vector<ir::NodeId> ids;
  for (const std::string& name : names) {
    ids.push_back(graph.find(name));
    if (ids.back() < 0) fail(ErrorCode::kInvalidArgument, "feature network: has no layer '{}'", name);
  }
  return ids;
}

/// Means of 2, 4 and 8 pixels square, in 0..255 like the features of the other networks.
weights::Model pyramid() {
  weights::Model model;
  model.card.architecture = kPyramid;
  ir::NodeId x = model.graph.add("x", ir::Input{});
  x = model.graph.add("bytes", ir::Affine{.scale = 127.5F, .offset = 127.5F}, {x});
  for (const char* name : {"half", "quarter", "eighth"}) {
    x = model.graph.add(name, ir::Pool2d{.kind = ir::PoolKind::kAverage, .kernel = 2, .stride = 2}, {x});
  }
  model.graph.set_output(x);
  return model;
}

weights::Model read_features(const std::filesystem::path& path) {
  const bool npz = path.extension() == ".npz";
  if (!npz) {
    try {
      return weights::read_model_file(path);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) throw;  // else plain safetensors of someone else, perhaps
    }
  }
  const weights::TensorMap tensors = npz ? weights::read_npz_file(path) : weights::read_tensor_file(path).tensors;
  return weights::import_features(tensors, models::find_model(weights::recognize_features(tensors)).build());
}

}  // namespace

FeatureLayers feature_layers(std::string_view architecture) {
  if (architecture == "vgg19") return {"conv4_4", {"conv2_2", "conv3_3", "conv4_4"}};
  // Same reductions (1/2, 1/4, 1/8) and about the same depth: fire5 is the last module at 1/8.
  if (architecture == "squeezenet") return {"fire5", {"conv1", "fire3", "fire5"}};
  if (architecture == kPyramid) return {"quarter", {"half", "quarter", "eighth"}};
  fail(ErrorCode::kUnsupported, "feature network: is '{}', expected vgg19 or squeezenet", architecture);
}

Perceptual::Perceptual(const weights::Model& model, const torchnet::Compute& compute)
    : net_(model.graph, {.compute = compute}) {
  const weights::PixelFormat& pixels = model.card.pixels;
  if (pixels.order != weights::ChannelOrder::kRgb || pixels.input_low != -1 || pixels.input_high != 1) {
    fail(ErrorCode::kUnsupported,
         "feature network: its card says that it takes {} in [{},{}], expected rgb in [-1,1]; make the file with genga "
         "convert",
         pixels.order == weights::ChannelOrder::kRgb ? "rgb" : "bgr", pixels.input_low, pixels.input_high);
  }
  const FeatureLayers layers = feature_layers(model.card.architecture);
  content_ = find_layers(model.graph, {&layers.content, 1});
  style_ = find_layers(model.graph, layers.style);
  net_.set_weights(model.tensors);
  net_.set_frozen(true);
}

at::Tensor Perceptual::content(const at::Tensor& image) {
  return net_.forward(image, content_).front();
}

std::vector<at::Tensor> Perceptual::style(const at::Tensor& image) {
  return net_.forward(image, style_);
}

Perceptual open_perceptual(const std::filesystem::path& path, std::string_view asked_by,
                           const torchnet::Compute& compute) {
  if (path.empty()) {
    fail(ErrorCode::kInvalidArgument,
         "perceptual: method '{}' compares features of VGG-19 or SqueezeNet and has no such network; give --perceptual "
         "FILE (a model file, the published .npz of SqueezeNet v1.0, or torchvision's VGG-19 as safetensors), or "
         "--perceptual none to compare blurred pixels instead",
         asked_by);
  }
  if (path == kPyramid) return Perceptual(pyramid(), compute);
  try {
    return Perceptual(read_features(path), compute);
  } catch (const Error& error) {
    throw error.with_context(fmt::format("perceptual '{}'", path.string()));
  }
}

}  // namespace genga::train
