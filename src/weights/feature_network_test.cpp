// Tests of published feature networks: which files are known, and their preprocessing.
#include <gtest/gtest.h>

#include "genga/error.h"
#include "genga/weights.h"

namespace genga::weights {
namespace {

/// The first n convolutions of VGG-19, all of one channel but the last layer's output.
ir::Graph small_vgg(int n) {
  ir::Graph g;
  auto x = g.add("x", ir::Input{});
  for (int i = 0; i < n; ++i) x = g.add("layer" + std::to_string(i), ir::Conv2d{.out = 1, .kernel = 1}, {x});
  g.set_output(x);
  return g;
}

TensorMap torchvision() {
  TensorMap tensors;
  for (const char* index : {"0", "2", "5", "7", "10", "12", "14", "16", "19", "21", "23", "25", "28"}) {
    const std::string name = "features." + std::string(index);
    const std::int64_t channels = name == "features.0" ? 3 : 1;
    tensors[name + ".weight"] =
        make_tensor({1, channels, 1, 1}, std::vector<float>(static_cast<std::size_t>(channels), std::stof(index)));
    tensors[name + ".bias"] = make_tensor({1}, {-std::stof(index)});
  }
  tensors["classifier.0.weight"] = make_tensor({1}, {0});
  return tensors;
}

TEST(FeatureNetwork, TakesPublishedLayersInOrderAndLeavesTheRest) {
  const Model model = import_features(torchvision(), small_vgg(3));
  EXPECT_EQ(recognize_features(torchvision()), "vgg19");
  EXPECT_EQ(model.card.architecture, "vgg19");
  EXPECT_EQ(model.tensors.at("layer2.weight").to_f32(), std::vector<float>{5});
  EXPECT_EQ(model.tensors.at("layer2.bias").to_f32(), std::vector<float>{-5});
  EXPECT_EQ(model.graph.nodes().size(), 5U);
  check_tensors(model.graph, model.tensors);
}

TEST(FeatureNetwork, StoresTorchvisionsPreprocessing) {
  const Model model = import_features(torchvision(), small_vgg(1));
  const std::vector<float> w = model.tensors.at("pixels.weight").to_f32();
  const std::vector<float> b = model.tensors.at("pixels.bias").to_f32();
  // White is (1 - mean) / deviation, black -mean / deviation; channels are not mixed.
  EXPECT_NEAR(w[0] * 1 + b[0], (1 - 0.485) / 0.229, 1e-5);
  EXPECT_NEAR(w[4] * -1 + b[1], -0.456 / 0.224, 1e-5);
  EXPECT_EQ(w[1], 0);
}

TEST(FeatureNetwork, TurnsChannelsAroundForCaffe) {
  TensorMap caffe;
  for (const char* layer : {"1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "3_3", "3_4", "4_1", "4_2", "4_3", "4_4"}) {
    const std::string name = "conv" + std::string(layer);
    const std::int64_t channels = name == "conv1_1" ? 3 : 1;
    caffe[name + "_w"] = make_tensor({1, channels, 1, 1}, std::vector<float>(static_cast<std::size_t>(channels)));
    caffe[name + "_b"] = make_tensor({1}, {0});
  }
  const Model model = import_features(caffe, small_vgg(12));
  const std::vector<float> w = model.tensors.at("pixels.weight").to_f32();
  const std::vector<float> b = model.tensors.at("pixels.bias").to_f32();
  EXPECT_EQ(w, (std::vector<float>{0, 0, 127.5F, 0, 127.5F, 0, 127.5F, 0, 0}));
  EXPECT_NEAR(127.5F + b[0], 255 - 103.939, 1e-4);  // white blue, the first channel
  EXPECT_NEAR(-127.5F + b[2], -123.68, 1e-4);       // black red, the last
}

TEST(FeatureNetwork, RefusesOtherFiles) {
  try {
    recognize_features({{"stem.weight", make_tensor({1}, {0})}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("stem.weight"), std::string::npos) << error.what();
  }
  TensorMap holes = torchvision();
  holes.erase("features.28.bias");
  EXPECT_THROW(import_features(holes, small_vgg(13)), Error);
}

TEST(FeatureNetwork, ReadsThePublishedSqueezeNet) {
  const std::filesystem::path path = GENGA_SOURCE_DIR "/../shared/weights/squeezenet/squeezenet_v1.0.npz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no SqueezeNet weights at " << path;
  const TensorMap tensors = read_npz_file(path);
  std::int64_t n = 0;
  for (const auto& [name, tensor] : tensors) n += tensor.size();
  EXPECT_EQ(n, 1248424);
  EXPECT_EQ(recognize_features(tensors), "squeezenet");
}

}  // namespace
}  // namespace genga::weights
