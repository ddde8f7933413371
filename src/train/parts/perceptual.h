// A fixed network that looks at images: its features are what content and style losses compare. algorithms.md 1.2.
//
// Usual calls:  Perceptual look = open_perceptual("squeezenet.safetensors", "animegan_v2");
//               l1(look.content(fake), look.content(photo)),  style_loss(look.content(grey_rgb(anime)), ...)
// The network is a model file whose graph takes RGB in [-1,1]: it begins with its own preprocessing, the convolution
// "pixels" (weights.h import_features; `genga convert` makes such files). Where none is at hand, "none" compares pixels
// at three scales instead: palette and large forms stay, but nothing is known of objects.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "genga/weights.h"
#include "torchnet/aten.h"
#include "torchnet/network.h"

namespace genga::train {

/// Layers that stand for the papers' ones in a network.
struct FeatureLayers {
  std::string content;             // VGG-19 conv4_4
  std::vector<std::string> style;  // fine to coarse; AnimeGANv3's conv2_2, conv3_3, conv4_4
};
/// By the model's architecture: "vgg19", "squeezenet" or "none". Throws Error: kUnsupported.
FeatureLayers feature_layers(std::string_view architecture);

class Perceptual {
 public:
  /// Throws Error: kUnsupported (no feature network, or one for other pixels).
  explicit Perceptual(const weights::Model& model, const torchnet::Compute& compute = {});

  /// image: RGB [N,3,H,W] in [-1,1]. The content layer's features; gradient flows to the image, not to the weights.
  at::Tensor content(const at::Tensor& image);
  /// The style layers' features, fine to coarse.
  std::vector<at::Tensor> style(const at::Tensor& image);

 private:
  torchnet::Network net_;
  std::vector<ir::NodeId> content_, style_;
};

/// path: "none", a model file, or a published weights file that import_features knows. asked_by: the method, for the
/// error that says where to get a network when path is empty. Throws Error: kInvalidArgument (empty); what reading and
/// Perceptual throw.
Perceptual open_perceptual(const std::filesystem::path& path, std::string_view asked_by,
                           const torchnet::Compute& compute = {});

}  // namespace genga::train
