// Feature networks: layers, preprocessing, and clear refusals.
#include "train/parts/perceptual.h"

#include <gtest/gtest.h>

#include "genga/error.h"
#include "genga/models.h"
#include "genga/transform.h"

namespace genga::train {
namespace {

const std::filesystem::path kSqueezenet = GENGA_SOURCE_DIR "/../shared/weights/squeezenet/squeezenet_v1.0.npz";

/// VGG-19 of two channels under the published names, as torchvision's safetensors has them.
weights::TensorMap narrow_vgg() {
  weights::TensorMap published;
  const ir::Graph graph = models::vgg19(2);
  const weights::TensorMap random = transform::random_weights(graph, 5);
  const std::array<int, 12> indices{0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25};
  std::size_t i = 0;
  for (const ir::Node& node : graph.nodes()) {
    if (!std::holds_alternative<ir::Conv2d>(node.op)) continue;
    const std::string name = "features." + std::to_string(indices.at(i++));
    published[name + ".weight"] = random.at(node.name + ".weight");
    published[name + ".bias"] = random.at(node.name + ".bias");
  }
  return published;
}

at::Tensor waves(std::int64_t side) {
  return at::sin(at::arange(3 * side * side, at::kDouble) * 0.05).to(at::kFloat).view({1, 3, side, side});
}

TEST(Perceptual, SqueezenetHasTheFeaturesOfThePublishedWeights) {
  if (!std::filesystem::exists(kSqueezenet)) GTEST_SKIP() << "no SqueezeNet weights at " << kSqueezenet;
  Perceptual look = open_perceptual(kSqueezenet, "test");
  const std::vector<at::Tensor> style = look.style(waves(64));
  ASSERT_EQ(style.size(), 3U);
  // The same image through the same arrays in PyTorch, written out layer by layer.
  EXPECT_EQ(style[0].sizes(), (at::IntArrayRef{1, 96, 29, 29}));
  EXPECT_NEAR(style[0].std().item<double>(), 35.97229, 1e-3);
  EXPECT_NEAR(style[0][0][5][2][1].item<double>(), -10.43776, 1e-3);
  EXPECT_NEAR(style[1].mean().item<double>(), 74.93361, 1e-2);
  EXPECT_NEAR(style[2].mean().item<double>(), 131.57436, 1e-2);
  EXPECT_NEAR(style[2].std().item<double>(), 189.54297, 1e-2);
  EXPECT_TRUE(at::allclose(look.content(waves(64)), style[2]));
}

TEST(Perceptual, LetsGradientsThroughToTheImageOnly) {
  Perceptual look(weights::import_features(narrow_vgg(), models::vgg19(2)));
  const at::Tensor image = waves(32).set_requires_grad(true);
  look.content(image).square().mean().backward();
  EXPECT_GT(image.grad().abs().max().item<float>(), 0);
}

TEST(Perceptual, VggsLayersAreTheConvolutionsBeforeTheirRelu) {
  Perceptual look(weights::import_features(narrow_vgg(), models::vgg19(2)));
  const std::vector<at::Tensor> style = look.style(waves(32));
  EXPECT_EQ(style[0].sizes(), (at::IntArrayRef{1, 4, 16, 16}));
  EXPECT_EQ(style[1].sizes(), (at::IntArrayRef{1, 8, 8, 8}));
  EXPECT_EQ(style[2].sizes(), (at::IntArrayRef{1, 16, 4, 4}));
  EXPECT_LT(style[0].min().item<float>(), 0);
}

TEST(Perceptual, ReadsAModelFileAndRefusesOthers) {
  const std::filesystem::path folder(testing::TempDir());
  weights::Model model = weights::import_features(narrow_vgg(), models::vgg19(2));
  weights::write_model_file(folder / "vgg.safetensors", model);
  Perceptual read = open_perceptual(folder / "vgg.safetensors", "test"), given(model);
  EXPECT_TRUE(at::equal(read.content(waves(32)), given.content(waves(32))));

  model.card.architecture = "genga_lite";
  EXPECT_THROW(Perceptual{model}, Error);
  model.card.architecture = "vgg19";
  model.card.pixels.input_low = 0;
  EXPECT_THROW(Perceptual{model}, Error) << "a network for other pixels";
}

TEST(Perceptual, NoneComparesMeansOfPixels) {
  Perceptual look = open_perceptual("none", "test");
  const std::vector<at::Tensor> style = look.style(waves(32));
  EXPECT_EQ(style[0].sizes(), (at::IntArrayRef{1, 3, 16, 16}));
  EXPECT_EQ(style[2].sizes(), (at::IntArrayRef{1, 3, 4, 4}));
  EXPECT_TRUE(at::allclose(look.content(waves(32)), at::avg_pool2d(waves(32) * 127.5 + 127.5, 4), 1e-4, 1e-3));
}

TEST(Perceptual, MissingNetworkSaysWhereToGetOne) {
  try {
    open_perceptual("", "animegan_v2");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    const std::string text = error.what();
    EXPECT_NE(text.find("animegan_v2"), std::string::npos) << text;
    EXPECT_NE(text.find("--perceptual"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace genga::train
