// animegan_v3 and autoencoder_gan with narrow networks on drawn images; the features are those of a narrow VGG-19.
#include <gtest/gtest.h>

#include <algorithm>

#include "filters/regions/felzenszwalb.h"
#include "filters/regions/regions.h"
#include "filters/resample.h"
#include "filters/smoothing/l0_smooth.h"
#include "filters/smoothing/nl_means.h"
#include "genga/error.h"
#include "genga/models.h"
#include "genga/transform.h"
#include "image/test_folder.h"
#include "train/filter_target/revision.h"
#include "train/methods/test_steps.h"

namespace genga::train {
namespace {

/// VGG-19 of two channels with its preprocessing, as a model file.
void write_features(const std::filesystem::path& path) {
  weights::Model model;
  ir::Graph& graph = model.graph;
  const ir::Graph vgg = models::vgg19(2);
  const ir::NodeId input = graph.add("x", ir::Input{.channels = 3}, {});
  std::vector<ir::NodeId> ids{graph.add(std::string(weights::kPixelsNode), ir::Conv2d{.out = 3, .kernel = 1}, {input})};
  for (std::size_t i = 1; i < vgg.nodes().size(); ++i) {
    const ir::Node& node = vgg.nodes()[i];
    ids.push_back(graph.add(node.name, node.op, {ids[static_cast<std::size_t>(node.src.front())]}));
  }
  graph.set_output(ids.back());
  model.tensors = transform::random_weights(graph, 3);
  model.card.architecture = "vgg19";
  weights::write_model_file(path, model);
}

class AnimeganV3Test : public testing::Test {
 protected:
  AnimeganV3Test() {
    write_features(folder_.path() / "vgg.safetensors");
    config_ = compose("method = \"animegan_v3\"", "test", {});
    config_.options["perceptual"] = (folder_.path() / "vgg.safetensors").string();
    config_.batch = 2;
    config_.crop = 32;
    config_.options["width"] = config_.options["discriminator_width"] = 4;
    config_.steps = 100;
    config_.warmup = 1;
  }
  std::unique_ptr<Method> make() const { return find_method("animegan_v3").make(config_); }

  image::TestFolder folder_;
  RunConfig config_;
};

TEST_F(AnimeganV3Test, PresetsSetOnlyFieldsThatTheMethodReads) {
  for (const char* preset : {"animegan_v3_hayao", "animegan_v3_shinkai"}) {
    const RunConfig config = compose("preset = \"" + std::string(preset) + "\"", "test", {});
    EXPECT_EQ(config.method, "animegan_v3");
    EXPECT_NO_THROW(check_options(config, find_method("animegan_v3")));
  }
  EXPECT_EQ(compose("preset = \"animegan_v3_shinkai\"", "test", {}).options.at("w_region"), OptionValue(0.8));
}

TEST_F(AnimeganV3Test, ResumesBitForBit) {
  expect_exact_resume(config_, 5);
}

TEST_F(AnimeganV3Test, WarmsUpOnContentAlone) {
  const auto method = make();
  const Terms first = step(*method, config_, 0), second = step(*method, config_, 1);
  EXPECT_FALSE(has_term(first, "d_real"));
  EXPECT_TRUE(has_term(first, "content_main"));
  for (const char* name : {"content", "style_fine", "style", "region", "region_photo", "color", "tv", "g_support",
                           "g_main", "revised", "revised_content", "d_real", "d_smooth", "d_fake", "d_main"}) {
    EXPECT_TRUE(has_term(second, name)) << name;
  }
}

TEST_F(AnimeganV3Test, EveryWeightOfBothTailsAndBothDiscriminatorsLearns) {
  config_.warmup = 0;
  const auto method = make();
  step(*method, config_, 0);
  std::size_t n_gradients = 0, n_weights = 0;
  method->each_gradient([&](const std::string& name, const at::Tensor& gradient) {
    ++n_gradients;
    EXPECT_TRUE(gradient.isfinite().all().item<bool>()) << name;
  });
  for (const NetworkRow& row : method->networks()) {
    for (const ir::WeightSpec& spec : ir::weight_specs(*row.graph)) n_weights += spec.trainable ? 1 : 0;
  }
  EXPECT_EQ(n_gradients, n_weights);
}

TEST_F(AnimeganV3Test, ResultIsBaseAndMainTail) {
  const auto method = make();
  step(*method, config_, 0);
  const weights::Model model = method->result();
  EXPECT_NO_THROW(weights::check_tensors(model.graph, model.tensors));
  EXPECT_EQ(model.graph.find("support"), -1);
  EXPECT_GE(model.graph.find("main"), 0);
  const at::Tensor image = method->stylise(drawn(config_, 3).photo.narrow(0, 0, 1).narrow(2, 0, 30));
  EXPECT_EQ(image.sizes(), at::IntArrayRef({1, 3, 30, 32}));
}

TEST_F(AnimeganV3Test, AsksForFeatures) {
  config_.options["perceptual"] = "";
  EXPECT_THROW(make(), Error);
}

TEST(Revision, IsTheFiltersImageByImageOnAnyNumberOfThreads) {
  const at::Tensor support = 0.8 * at::sin(at::arange(3 * 3 * 24 * 32).to(at::kFloat).view({3, 3, 24, 32}).square());
  const at::Tensor filtered = at::round(support * 2) / 2;
  const RevisionOptions options{.flatness = 0.01, .regions = {.min_px = 20}};
  std::vector<Revised> results;
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    Revision revision(pool, options, support, filtered);
    results.push_back(revision.wait());
  }
  EXPECT_TRUE(at::equal(results[0].image, results[1].image));
  EXPECT_TRUE(at::equal(results[0].regions, results[1].regions));

  const auto values = [](const at::Tensor& images, std::int64_t i) {
    const at::Tensor one = images[i].contiguous();
    return std::vector<float>(one.data_ptr<float>(), one.data_ptr<float>() + one.numel());
  };
  std::vector<float> expected(std::size_t{3} * 24 * 32);
  filters::l0_smooth(filters::nl_means(filters::from_planar(values(support, 1), 32, 24), options.denoise), 0.01,
                     expected);
  EXPECT_EQ(values(results[0].image, 1), expected);
  const image::Image image = filters::from_planar(values(filtered, 2), 32, 24);
  filters::paint_means(image, filters::segment(image, options.regions), expected);
  EXPECT_EQ(values(results[0].regions, 2), expected);
}

class AutoencoderGanTest : public testing::Test {
 protected:
  AutoencoderGanTest() {
    config_ = compose("method = \"autoencoder_gan\"", "test", {});
    config_.batch = 2;
    config_.crop = 32;
    config_.options["width"] = config_.options["discriminator_width"] = 4;
    config_.steps = 100;
    config_.warmup = 1;
  }
  RunConfig config_;
};

TEST_F(AutoencoderGanTest, PresetSetsOnlyFieldsThatTheMethodReads) {
  EXPECT_NO_THROW(check_options(compose("method = \"autoencoder_gan\"", "test", {}), find_method("autoencoder_gan")));
}

TEST_F(AutoencoderGanTest, ResumesBitForBit) {
  config_.ema = 0.9;
  config_.options["r1_gamma"] = 0.1;
  config_.options["r1_every"] = 2;
  expect_exact_resume(config_, 5);
}

TEST_F(AutoencoderGanTest, LearnsToGiveImagesBack) {
  config_.options["w_adversarial"] = 0;
  config_.lr = 2e-3;
  const auto method = find_method("autoencoder_gan").make(config_);
  const auto reconstruction = [&](int i) { return step(*method, config_, i).front().second; };
  const double first = reconstruction(0);
  for (int i = 1; i < 30; ++i) step(*method, config_, 0);
  EXPECT_LT(reconstruction(0), 0.7 * first);
}

}  // namespace
}  // namespace genga::train
