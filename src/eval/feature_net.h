// A fixed network whose features describe images.
#pragma once

#include <Eigen/Core>
#include <filesystem>
#include <memory>
#include <string>

#include "genga/engine.h"
#include "genga/image.h"

namespace genga::eval {

/// Any network file: Genga's safetensors, ONNX, or published SqueezeNet or VGG-19 weights (npz, safetensors).
class FeatureNet {
 public:
  /// size_px: side of the images it will see. Threads: one at a time. Throws Error: as the readers do; kUnsupported
  /// (a network for images of another kind).
  FeatureNet(const std::filesystem::path& path, int size_px, int threads);
  /// Architecture, or the file's own name: "squeezenet".
  const std::string& name() const { return name_; }
  int dimensions() const { return static_cast<int>(session_->output_shape().c); }
  /// Mean over all positions of the network's last feature map.
  /// The image is resized to what the network wants, if that is fixed.
  Eigen::RowVectorXd describe(const image::Image& image) const;

 private:
  std::string name_;
  weights::PixelFormat pixels_;
  std::unique_ptr<engine::Session> session_;
};

/// Inception-v3 as the Frechet inception distance wants it: 2048 features. Throws Error: kUnsupported otherwise, so
/// that nothing else is ever called FID.
void check_is_inception(const FeatureNet& net, const std::filesystem::path& path);

inline constexpr int kInceptionSide = 299;

}  // namespace genga::eval
