// Each method, at the smallest size that it allows, on images drawn on the spot: does it train as recorded, resume to
// the bit, and leave a model that the engine runs as the trainer does?
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>

#include "genga/engine.h"
#include "genga/models.h"
#include "genga/random.h"
#include "genga/train.h"
#include "image/test_folder.h"
#include "loader/loader.h"
#include "methods/golden.h"
#include "train/gan_method.h"
#include "train/method.h"
#include "train/run/trainer.h"

namespace genga::train {
namespace {

namespace fs = std::filesystem;

constexpr int kSteps = 10;

std::string slurp(const fs::path& path) {
  const std::vector<std::byte> bytes = read_file(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Normal numbers from SplitMix64 and Box-Muller: the golden trajectories were recorded with features made of these.
class FeatureNumbers {
 public:
  explicit FeatureNumbers(std::uint64_t seed) : state_(seed) {}
  float normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return static_cast<float>(radius * std::cos(2.0 * std::numbers::pi * uniform()));
  }

 private:
  double uniform() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1.0p-53;
  }
  std::uint64_t state_;
};

/// He-normal, of a convolution [out,in,k,k].
weights::Tensor feature_weights(const ir::WeightSpec& spec) {
  FeatureNumbers numbers(5 ^ stable_hash(spec.name));
  const auto fan_in = static_cast<double>(spec.size()) / static_cast<double>(spec.dims.at(0));
  const auto deviation = static_cast<float>(std::sqrt(2.0 / fan_in));
  std::vector<float> values(static_cast<std::size_t>(spec.size()));
  for (float& value : values) value = deviation * numbers.normal();
  return weights::make_tensor(spec.dims, std::move(values));
}

/// VGG-19 of two channels with random weights, from arrays under torchvision's names.
weights::Model narrow_vgg() {
  constexpr std::array kIndices{0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25};
  const ir::Graph graph = models::vgg19(2);
  weights::TensorMap random;
  for (const ir::WeightSpec& spec : ir::weight_specs(graph)) {
    const std::vector<float> zeros(static_cast<std::size_t>(spec.size()), 0.0F);
    random[spec.name] = spec.name.ends_with(".weight") ? feature_weights(spec) : weights::make_tensor(spec.dims, zeros);
  }
  weights::TensorMap published;
  std::size_t i = 0;
  for (const ir::Node& node : graph.nodes()) {
    if (!std::holds_alternative<ir::Conv2d>(node.op)) continue;
    const std::string name = "features." + std::to_string(kIndices.at(i++));
    published[name + ".weight"] = random.at(node.name + ".weight");
    published[name + ".bias"] = random.at(node.name + ".bias");
  }
  return weights::import_features(published, graph);
}

/// A style that nobody trained.
weights::Model parent() {
  weights::Model model;
  model.graph = models::genga_lite({.width = 4});
  model.tensors = start_weights(model.graph, Start::kSmall, 3);
  return model;
}

/// Images, and a feature network of random weights: its features compare as well as any for these questions.
struct Inputs {
  image::TestFolder folder;
  Inputs() {
    image::draw_images(folder.path() / "photo", 12, 0);
    image::draw_images(folder.path() / "style", 5, 20);
    weights::write_model_file(folder.path() / "features.safetensors", narrow_vgg());
    weights::write_model_file(folder.path() / "parent.safetensors", parent());
  }
};
Inputs& inputs() {
  static Inputs instance;
  return instance;
}

/// The method's preset made small: narrow networks where it has a width, few pixels, one image a batch where it may.
RunConfig small_config(const std::string& method) {
  const std::string toml = slurp(fs::path(GENGA_SOURCE_DIR) / "tests/methods/small" / (method + ".toml"));
  RunConfig config = compose("method = '" + method + "'\n" + toml, method, {});
  if (find_method(method).needs.style) config.style = {inputs().folder.path() / "style"};
  if (find_method(method).needs.photo) config.photos = {inputs().folder.path() / "photo"};
  for (const auto& [option, file] :
       {std::pair{"perceptual", "features.safetensors"}, {"parent", "parent.safetensors"}}) {
    if (config.options.contains(option)) config.options[option] = (inputs().folder.path() / file).string();
  }
  config.photo_scale_low = config.photo_scale_high = config.style_scale_low = config.style_scale_high = 1;
  config.steps = kSteps;
  config.threads = 1;
  check(config);
  set_up_torch(config);
  return config;
}

class Trial {
 public:
  explicit Trial(const RunConfig& config)
      : config_(config),
        found_(find_images(config)),
        photos_(found_.photos.training, store_options(config)),
        styles_(found_.styles, store_options(config)),
        method_(make_method(config)) {}

  Terms step(std::int64_t number) {
    const loader::LoaderOptions loading = loader_options(config_, 0);
    StepContext context(static_cast<std::uint64_t>(config_.seed), number);
    return method_->step(to_images(loader::make_batch(photos_, styles_, loading, number), loading), context);
  }
  Method& method() { return *method_; }

 private:
  RunConfig config_;
  RunImages found_;
  loader::ImageStore photos_, styles_;
  std::unique_ptr<Method> method_;
};

class Methods : public testing::TestWithParam<std::string> {};

TEST_P(Methods, TrajectoryIsTheRecordedOne) {
  Trial trial(small_config(GetParam()));
  std::vector<Terms> steps;
  for (int i = 0; i < kSteps; ++i) {
    steps.push_back(trial.step(i));
    for (const auto& [name, value] : steps.back()) ASSERT_TRUE(std::isfinite(value)) << name << " at step " << i;
  }
  expect_golden(GetParam(), steps);
}

TEST_P(Methods, ResumesToTheBit) {
  const RunConfig config = small_config(GetParam());
  Trial whole(config);
  for (int i = 0; i < 3; ++i) whole.step(i);
  const weights::TensorMap checkpoint = whole.method().state();
  whole.step(3);

  Trial resumed(config);
  resumed.method().set_state(checkpoint);
  resumed.step(3);
  const weights::TensorMap a = whole.method().state(), b = resumed.method().state();
  ASSERT_EQ(a.size(), b.size());
  int n_changed = 0;
  for (const auto& [name, tensor] : a) {
    ASSERT_TRUE(b.contains(name)) << name;
    EXPECT_EQ(tensor.to_f32(), b.at(name).to_f32()) << name;
    n_changed += checkpoint.contains(name) && checkpoint.at(name).to_f32() != tensor.to_f32() ? 1 : 0;
  }
  EXPECT_GT(n_changed, 0);  // the step did something
}

/// What the trainer shows on its previews and what `genga stylize` or `genga sample` will make are the same image.
TEST_P(Methods, EngineRunsTheResultAsTheTrainerDoes) {
  Trial trial(small_config(GetParam()));
  trial.step(0);
  const weights::Model model = trial.method().result();
  const ir::Input& input = model.graph.input();
  const at::NoGradGuard no_grad;
  at::Tensor src;
  if (!find_method(GetParam()).needs.photo) {
    StepContext context(5, 0);
    src = draw_latent(model.graph, 1, context);
  } else {
    src = at::sin(at::arange(3 * 64 * 64, at::kFloat) * 0.01).view({1, 3, 64, 64});
  }
  torchnet::Network network(model.graph);
  network.set_weights(model.tensors);
  const at::Tensor expected = network.forward(src).contiguous();

  const auto compiled = engine::compile(model, {.threads = 1});
  const auto session = compiled->session(src.size(2), src.size(3));
  ASSERT_EQ(session->output_shape().size(), expected.numel());
  std::vector<float> dst(static_cast<std::size_t>(expected.numel()));
  const at::Tensor planar = src.contiguous();
  session->run({planar.data_ptr<float>(), static_cast<std::size_t>(planar.numel())}, dst);
  const at::Tensor got = at::from_blob(dst.data(), expected.sizes());
  EXPECT_LT((got - expected).abs().max().item<double>(), 2e-3);
  EXPECT_EQ(input.channels, src.size(1));
}

TEST_P(Methods, FineTunesFromItsOwnResult) {
  const RunConfig config = small_config(GetParam());
  Trial trial(config);
  trial.step(0);
  const weights::Model model = trial.method().result();
  RunConfig next = config;
  next.seed = 99;
  Trial tuned(next);
  tuned.method().init_from(model);
  const weights::Model start = tuned.method().result();
  for (const auto& [name, tensor] : model.tensors) EXPECT_EQ(tensor.to_f32(), start.tensors.at(name).to_f32()) << name;
}

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const MethodInfo& method : list_methods()) list.emplace_back(method.name);
  return list;
}
INSTANTIATE_TEST_SUITE_P(All, Methods, testing::ValuesIn(names()), [](const auto& row) { return row.param; });

}  // namespace
}  // namespace genga::train
