// Feature networks from the files they were published in.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "genga/error.h"
#include "genga/weights.h"

namespace genga::weights {
namespace {

/// What images looked like when the weights were trained: (value - mean) / deviation per channel, black..white =
/// 0..white.
struct Pixels {
  ChannelOrder order;
  float white;
  std::array<float, 3> mean, deviation;  // in `order`
};

struct Published {
  std::string_view architecture;
  std::string_view layers;        // in the graph's order of convolutions, separated by spaces
  std::string_view weight, bias;  // suffixes
  Pixels pixels;
  std::string_view title, licence, attribution;
};

constexpr Pixels kTorchvision{ChannelOrder::kRgb, 1, {0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}};
constexpr Pixels kCaffe{ChannelOrder::kBgr, 255, {103.939F, 116.779F, 123.68F}, {1, 1, 1}};
constexpr Pixels kCaffeRounded{ChannelOrder::kBgr, 255, {104, 117, 123}, {1, 1, 1}};

constexpr std::string_view kVggLayers =
    "conv1_1 conv1_2 conv2_1 conv2_2 conv3_1 conv3_2 conv3_3 conv3_4 conv4_1 conv4_2 conv4_3 conv4_4 "
    "conv5_1 conv5_2 conv5_3 conv5_4";

/// A file that has the first twelve layers is of that network; a shortened one may lack the rest.
constexpr std::size_t kTellingLayers = 12;

constexpr std::array kPublished{
    // github.com/songhan/SqueezeNet-Deep-Compression, converted to NumPy
    Published{"squeezenet",
              "conv1 fire2__conv1x1_1 fire2__conv1x1_2 fire2__conv3x3_2 fire3__conv1x1_1 fire3__conv1x1_2 "
              "fire3__conv3x3_2 fire4__conv1x1_1 fire4__conv1x1_2 fire4__conv3x3_2 fire5__conv1x1_1 fire5__conv1x1_2 "
              "fire5__conv3x3_2 fire6__conv1x1_1 fire6__conv1x1_2 fire6__conv3x3_2 fire7__conv1x1_1 fire7__conv1x1_2 "
              "fire7__conv3x3_2 fire8__conv1x1_1 fire8__conv1x1_2 fire8__conv3x3_2 fire9__conv1x1_1 fire9__conv1x1_2 "
              "fire9__conv3x3_2 conv_final",
              "_w", "_b", kCaffeRounded, "SqueezeNet v1.0, ImageNet", "BSD-2-Clause",
              "SqueezeNet v1.0 by Iandola et al. (github.com/songhan/SqueezeNet-Deep-Compression)"},
    Published{"squeezenet",
              "features.0 features.3.squeeze features.3.expand1x1 features.3.expand3x3 features.4.squeeze "
              "features.4.expand1x1 features.4.expand3x3 features.5.squeeze features.5.expand1x1 features.5.expand3x3 "
              "features.7.squeeze features.7.expand1x1 features.7.expand3x3 features.8.squeeze features.8.expand1x1 "
              "features.8.expand3x3 features.9.squeeze features.9.expand1x1 features.9.expand3x3 features.10.squeeze "
              "features.10.expand1x1 features.10.expand3x3 features.12.squeeze features.12.expand1x1 "
              "features.12.expand3x3 classifier.1",
              ".weight", ".bias", kTorchvision, "SqueezeNet v1.0, ImageNet (torchvision)", "BSD-3-Clause",
              "SqueezeNet v1.0 by torchvision"},
    Published{"vgg19",
              "features.0 features.2 features.5 features.7 features.10 features.12 features.14 features.16 features.19 "
              "features.21 features.23 features.25 features.28 features.30 features.32 features.34",
              ".weight", ".bias", kTorchvision, "VGG-19, ImageNet (torchvision)", "", "VGG-19 by torchvision"},
    Published{"vgg19", kVggLayers, "_w", "_b", kCaffe, "VGG-19, ImageNet (Oxford)", "",
              "VGG-19 by Simonyan and Zisserman, Visual Geometry Group, Oxford"},
    Published{"vgg19", kVggLayers, ".weight", ".bias", kCaffe, "VGG-19, ImageNet (Oxford)", "",
              "VGG-19 by Simonyan and Zisserman, Visual Geometry Group, Oxford"},
};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(' ');
    list.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return list;
}

bool matches(const Published& row, const TensorMap& tensors) {
  const std::vector<std::string> layers = words(row.layers);
  return std::ranges::all_of(std::span(layers).first(kTellingLayers), [&](const std::string& layer) {
    return tensors.contains(layer + std::string(row.weight)) && tensors.contains(layer + std::string(row.bias));
  });
}

const Published& recognize(const TensorMap& tensors) {
  for (const Published& row : kPublished) {
    if (matches(row, tensors)) return row;
  }
  fail(ErrorCode::kUnsupported,
       "feature network: tensor names fit neither SqueezeNet v1.0 nor VGG-19 ({}), expected torchvision's names "
       "(features.0.weight) or the papers' (conv1_1_w, fire2__conv1x1_1_w)",
       tensors.empty() ? "there are none" : "the first is '" + tensors.begin()->first + "'");
}

/// The graph behind a 1x1 convolution "pixels"; zero padding of the first layer then means the mean color, as trained.
ir::Graph with_pixels(const ir::Graph& graph) {
  ir::Graph out;
  const auto input = out.add(graph.nodes().front().name, graph.input());
  const auto pixels = out.add(std::string(kPixelsNode), ir::Conv2d{.out = 3, .kernel = 1}, {input});
  for (std::size_t i = 1; i < graph.nodes().size(); ++i) {
    const ir::Node& node = graph.nodes()[i];
    std::vector<ir::NodeId> src;
    for (const ir::NodeId s : node.src) src.push_back(s == 0 ? pixels : s + 1);
    out.add(node.name, node.op, std::move(src));
  }
  out.set_output(graph.output() + 1);
  return out;
}

/// RGB in [-1,1] to the network's own pixels.
void put_pixels(TensorMap& tensors, const Pixels& pixels) {
  std::vector<float> weight(9), bias(3);
  for (std::size_t to = 0; to < 3; ++to) {
    const std::size_t from = pixels.order == ChannelOrder::kRgb ? to : 2 - to;
    weight[3 * to + from] = pixels.white / 2 / pixels.deviation[to];
    bias[to] = (pixels.white / 2 - pixels.mean[to]) / pixels.deviation[to];
  }
  const std::string name(kPixelsNode);
  tensors[name + ".weight"] = make_tensor({3, 3, 1, 1}, std::move(weight));
  tensors[name + ".bias"] = make_tensor({3}, std::move(bias));
}

}  // namespace

std::string_view recognize_features(const TensorMap& published) {
  return recognize(published).architecture;
}

Model import_features(const TensorMap& published, const ir::Graph& graph) {
  const Published& row = recognize(published);
  Model model;
  model.graph = with_pixels(graph);
  put_pixels(model.tensors, row.pixels);
  const std::vector<std::string> layers = words(row.layers);
  auto layer = layers.begin();
  for (const ir::Node& node : graph.nodes()) {
    if (!std::holds_alternative<ir::Conv2d>(node.op)) continue;
    if (layer == layers.end()) {
      fail(ErrorCode::kInvalidArgument, "feature network: graph has more convolutions than the {} of {}", layers.size(),
           row.architecture);
    }
    const auto take = [&](std::string_view suffix) {
      const auto it = published.find(*layer + std::string(suffix));
      if (it != published.end()) return it->second;
      fail(ErrorCode::kCorruptData, "feature network: tensor '{}{}' is missing", *layer, suffix);
    };
    model.tensors[node.name + ".weight"] = take(row.weight);
    model.tensors[node.name + ".bias"] = take(row.bias);
    ++layer;
  }
  check_tensors(model.graph, model.tensors);
  model.card.name = model.card.architecture = row.architecture;
  model.card.title = row.title;
  model.card.licence = row.licence;
  model.card.attribution = row.attribution;
  return model;
}

}  // namespace genga::weights
