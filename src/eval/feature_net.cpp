// Reads a feature network (Genga's files, ONNX, published weights) and describes images by its last feature map.
#include "eval/feature_net.h"

#include <vector>

#include "genga/error.h"
#include "genga/models.h"
#include "genga/onnx.h"
#include "genga/weights.h"

namespace genga::eval {
namespace {

constexpr int kInceptionFeatures = 2048;

/// The graph up to the named node: what comes after it classifies.
ir::Graph features_of(std::string_view architecture) {
  const ir::Graph whole = models::find_model(architecture).build();
  const ir::NodeId last = whole.find(architecture == "squeezenet" ? "fire9" : "conv4_4");
  return last < 0 ? whole : ir::subgraph(whole, last);
}

weights::Model import_published(const weights::TensorMap& tensors) {
  const std::string architecture(weights::recognize_features(tensors));
  weights::Model model = weights::import_features(tensors, features_of(architecture));
  model.card.name = architecture;
  return model;
}

bool is_genga_model(const weights::TensorFile& file) {
  return file.metadata.contains("genga.graph");
}

weights::Model read_network(const std::filesystem::path& path) {
  const std::string suffix = path.extension().string();
  if (suffix == ".onnx") return onnx::read_onnx_file(path);
  if (suffix == ".npz") return import_published(weights::read_npz_file(path));
  const weights::TensorFile file = weights::read_tensor_file(path);
  return is_genga_model(file) ? weights::read_model_file(path) : import_published(file.tensors);
}

}  // namespace

FeatureNet::FeatureNet(const std::filesystem::path& path, int size_px, int threads) {
  const weights::Model model = read_network(path);
  const ir::Input& input = model.graph.input();
  if (input.channels != 3) {
    fail(ErrorCode::kUnsupported, "'{}' describes images of {} channels; expected a network for RGB images",
         path.string(), input.channels);
  }
  name_ = !model.card.architecture.empty() ? model.card.architecture
          : !model.card.name.empty()       ? model.card.name
                                           : path.stem().string();
  pixels_ = model.card.pixels;
  const auto compiled = engine::compile(model, {.threads = threads});
  const int multiple = compiled->receptive_field().multiple;
  const int side = (size_px + multiple - 1) / multiple * multiple;
  session_ = compiled->session(input.height > 0 ? input.height : side, input.width > 0 ? input.width : side);
}

Eigen::RowVectorXd FeatureNet::describe(const image::Image& image) const {
  const ir::Shape in = session_->input_shape();
  const bool fits = image.width == in.w && image.height == in.h;
  const image::Image resized =
      fits ? image::Image{} : image::resize(image, static_cast<int>(in.w), static_cast<int>(in.h));
  const image::Image& source = fits ? image : resized;
  const std::size_t n = source.rgb.size() / 3;
  std::vector<float> src(3 * n);
  const bool bgr = pixels_.order == weights::ChannelOrder::kBgr;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto value = static_cast<float>(source.rgb[3 * i + (bgr ? 2 - c : c)]) / 255;
      src[c * n + i] = pixels_.input_low + value * (pixels_.input_high - pixels_.input_low);
    }
  }
  const ir::Shape out = session_->output_shape();
  std::vector<float> dst(static_cast<std::size_t>(out.size()));
  session_->run(src, dst);
  using Maps = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Maps>(dst.data(), out.c, out.h * out.w).cast<double>().rowwise().mean().transpose();
}

void check_is_inception(const FeatureNet& net, const std::filesystem::path& path) {
  if (net.dimensions() == kInceptionFeatures) return;
  fail(ErrorCode::kUnsupported,
       "'{}' gives {} numbers an image, Inception-v3 {}; for distances on other networks use --features", path.string(),
       net.dimensions(), kInceptionFeatures);
}

}  // namespace genga::eval
