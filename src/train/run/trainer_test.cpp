// Whole runs of a few steps: same bits when resumed, rollbacks, what they leave, also from what earlier versions left.
#include "train/run/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include "genga/base.h"
#include "genga/dataset.h"
#include "genga/error.h"
#include "image/test_folder.h"
#include "train/run/card.h"
#include "train/run/preview.h"

namespace genga::train {
namespace {

namespace fs = std::filesystem;

/// A run small enough for tests: four channels, crops of 32 px, discriminators from step 2.
class TrainerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    images_ = new image::TestFolder;
    image::draw_images(images_->path() / "photo", 12, 0);
    image::draw_images(images_->path() / "style", 4, 50);
  }
  static void TearDownTestSuite() { delete images_; }

  static RunConfig small() {
    RunConfig config = compose("", "", {});
    config.photos = {images_->path() / "photo"};
    config.style = {images_->path() / "style"};
    config.batch = 1;
    config.crop = 32;
    config.options["width"] = config.options["discriminator_width"] = 4;
    config.photo_scale_low = config.photo_scale_high = 1;
    config.style_scale_high = 1.5;
    config.steps = 6;
    config.warmup = 2;
    config.threads = 1;
    config.checkpoint_every = 3;
    config.log_every = 1;
    config.preview_images = 1;
    config.preview_px = 64;
    return config;
  }
  fs::path run(const char* name) const { return folder_.path() / name; }
  static weights::TensorMap state_of(const fs::path& run) { return RunFolder(run).load_latest().checkpoint.state; }

  static image::TestFolder* images_;
  image::TestFolder folder_;
  World alone_;
};
image::TestFolder* TrainerTest::images_ = nullptr;

void expect_same(const weights::TensorMap& a, const weights::TensorMap& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a) EXPECT_EQ(tensor.to_f32(), b.at(name).to_f32()) << name;
}

void stop_after_four(const RunConfig& config, const fs::path& run) {
  CancelToken cancel;
  RunOptions options;
  options.cancel = &cancel;
  options.on_step = [&](const StepReport& report) {
    if (report.step == 3) cancel.cancel();  // the next step is agreed already
  };
  try {
    start_run(config, run, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  }
}

TEST_F(TrainerTest, SameSeedGivesTheSameStateBitForBit) {
  start_run(small(), run("a"), {});
  start_run(small(), run("b"), {});
  expect_same(state_of(run("a")), state_of(run("b")));
  RunConfig other = small();
  other.seed = 2;
  start_run(other, run("c"), {});
  EXPECT_NE(state_of(run("a")).begin()->second.to_f32(), state_of(run("c")).begin()->second.to_f32());
}

TEST_F(TrainerTest, MeasuresTheStyleBeforeTheFirstStepAndNotAgain) {
  RunConfig config = small();
  config.options["measure_style"] = true;
  std::vector<std::string> notes;
  RunOptions options;
  options.on_note = [&](const std::string& note) { notes.push_back(note); };
  const auto n_measured = [&] {
    return std::ranges::count_if(notes, [](const std::string& note) { return note.starts_with("measured of the"); });
  };
  start_run(config, run("whole"), options);
  EXPECT_EQ(n_measured(), 1);
  stop_after_four(config, run("parts"));
  notes.clear();
  resume_run(config, run("parts"), options);
  EXPECT_EQ(n_measured(), 0);
  expect_same(state_of(run("whole")), state_of(run("parts")));

  start_run(small(), run("plain"), {});
  const RunConfig before = read_run_config(run("plain"));
  RunConfig changed = before;
  changed.options["measure_style"] = true;
  EXPECT_THROW(resume_run(changed, run("plain"), {}), Error);
  EXPECT_EQ(to_toml(read_run_config(run("plain"))), to_toml(before));
}

TEST_F(TrainerTest, StartsFromTheBuiltInBase) {
  RunConfig config = small();
  config.options["width"] = 32;
  config.init_from = "base";
  config.steps = 1;
  config.lr = 1e-9;
  start_run(config, run("a"), {});
  const weights::Model base = weights::read_model_file(GENGA_SOURCE_DIR "/recipes/base.safetensors");
  const weights::TensorMap state = state_of(run("a"));
  for (const auto& [name, tensor] : base.tensors) {
    const std::vector<float> expected = tensor.to_f32(), found = state.at("generator/" + name).to_f32();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 1e-6) << name;
  }
}

TEST_F(TrainerTest, ResumedRunEqualsTheUninterruptedOneBitForBit) {
  start_run(small(), run("whole"), {});
  stop_after_four(small(), run("parts"));
  EXPECT_EQ(RunFolder(run("parts")).load_latest().checkpoint.step, 4);
  resume_run(read_run_config(run("parts")), run("parts"), {});
  expect_same(state_of(run("whole")), state_of(run("parts")));
}

TEST_F(TrainerTest, BatchesAreSeenAsOftenAsAskedAndResumedInTheMiddle) {
  RunConfig config = small();
  config.steps = 7;
  config.batch_reuse = 3;
  start_run(config, run("whole"), {});
  stop_after_four(config, run("parts"));  // the first use of the second batch is done
  resume_run(read_run_config(run("parts")), run("parts"), {});
  expect_same(state_of(run("whole")), state_of(run("parts")));

  config.batch_reuse = 1;
  start_run(config, run("once"), {});
  EXPECT_NE(state_of(run("whole")).begin()->second.to_f32(), state_of(run("once")).begin()->second.to_f32());
}

TEST(Mirrored, ExchangesLeftAndRightOfAllImagesThatThereAre) {
  Images images;
  images.photo = at::arange(6, at::kFloat).view({1, 1, 2, 3});
  images.target = images.photo + 10;
  const Images result = mirrored(images);
  EXPECT_TRUE(result.photo.equal(at::tensor({2.0F, 1.0F, 0.0F, 5.0F, 4.0F, 3.0F}).view({1, 1, 2, 3})));
  EXPECT_TRUE(result.target.equal(result.photo + 10));
  EXPECT_FALSE(result.style.defined());
}

/// The run's folder as an earlier version would have left it: old keys, old names of tensors, no count of rollbacks.
void make_old(const fs::path& run) {
  const auto replace = [](std::string& text, std::string_view word, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += by.size()) {
      text.replace(at, word.size(), by);
    }
  };
  const std::vector<std::byte> bytes = read_file(run / "config.toml");
  std::string toml(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Alias& alias : field_aliases()) {
    replace(toml, fmt::format("\n{} =", alias.name), fmt::format("\n{} =", alias.old_name));
  }
  write_file(run / "config.toml", toml + "w_cycle = 0.0\n");  // all methods' options were there
  for (const auto& entry : fs::directory_iterator(run / "checkpoints")) {
    weights::TensorFile file = weights::read_tensor_file(entry.path() / "state.safetensors");
    weights::TensorMap old;
    for (auto& [name, tensor] : file.tensors) {
      std::string old_name = name;
      replace(old_name, "discriminator", "critic");
      old[old_name] = std::move(tensor);
    }
    file.tensors = std::move(old);
    for (const char* key : {"genga.rollbacks", "genga.config", "genga.images"}) file.metadata.erase(key);
    weights::write_tensor_file(entry.path() / "state.safetensors", file);
  }
  fs::rename(run / "previews", run / "sheets");
}

TEST_F(TrainerTest, RunsOfEarlierVersionsAreResumedBitForBit) {
  RunConfig half = small();
  half.steps = 3;
  half.schedule = "constant";
  RunConfig whole = small();
  whole.schedule = "constant";
  start_run(whole, run("expected"), {});
  start_run(half, run("old"), {});
  make_old(run("old"));
  RunConfig config = read_run_config(run("old"));
  config.steps = small().steps;
  resume_run(config, run("old"), {});
  expect_same(state_of(run("expected")), state_of(run("old")));
  EXPECT_TRUE(fs::exists(run("old") / "sheets/step_000003.jpg"));
  EXPECT_TRUE(fs::exists(run("old") / "previews/step_000006.jpg"));
}

TEST_F(TrainerTest, CardSaysWhatTheManifestsSayAndDroppedImagesAreNotLearnt) {
  RunConfig config = small();
  config.photos = {folder_.path() / "photo"};
  config.style = {folder_.path() / "style"};
  image::draw_images(folder_.path() / "photo", 3, 0);
  image::draw_images(folder_.path() / "style", 3, 50);
  for (const bool is_style : {false, true}) {
    dataset::Manifest manifest = dataset::read_manifest_if_any(is_style ? config.style[0] : config.photos[0]);
    dataset::survey_folder(manifest, {}, {});
    for (dataset::Entry& entry : manifest.entries) {
      entry.licence = is_style ? "CC-BY-4.0" : "CC0-1.0";
      entry.author = "Ann";
    }
    if (is_style) {
      manifest.entries[0].licence = "";
      manifest.entries[0].decisions = {{.step = "hand", .check = "drop", .keep = false}};
    }
    dataset::save_manifest(manifest);
  }
  EXPECT_EQ(plan_run(config).n_dropped, 1);
  start_run(config, run("a"), {});
  const weights::ModelCard card = weights::read_model_file(run("a") / "model.safetensors").card;
  EXPECT_NE(card.licence.find("CC-BY-4.0"), std::string::npos) << card.licence;
  EXPECT_NE(card.licence.find("CC0-1.0"), std::string::npos) << card.licence;
  EXPECT_NE(card.attribution.find("Ann, Creative Commons Attribution 4.0"), std::string::npos) << card.attribution;
  EXPECT_NE(card.limits.find("also commercially"), std::string::npos) << card.limits;
}

weights::ModelCard card_of(const fs::path& run) {
  return weights::read_model_file(run / "model.safetensors").card;
}

/// A model that another goes on from keeps its licence and credit: through training, resumes, and the next training.
TEST_F(TrainerTest, WhatARunGoesOnFromKeepsItsLicenceAndCredit) {
  RunConfig config = small();
  config.name = "start";
  config.licence = "CC-BY-NC-4.0";
  config.attribution = "Bo, 2020";
  start_run(config, run("a"), {});
  config.name = "second";
  config.licence = "CC0-1.0";
  config.attribution = "Ann";
  config.init_from = (run("a") / "model.safetensors").string();
  start_run(config, run("b"), {});
  fs::remove_all(run("a"));  // a resume does not need it
  config = read_run_config(run("b"));
  config.steps += 2;
  resume_run(config, run("b"), {});
  EXPECT_EQ(card_of(run("b")).licence, "CC0-1.0 AND CC-BY-NC-4.0");
  EXPECT_EQ(card_of(run("b")).attribution, "Ann; Bo, 2020");
  EXPECT_NE(card_of(run("b")).limits.find("not commercially"), std::string::npos) << card_of(run("b")).limits;
  EXPECT_NE(card_of(run("b")).limits.find("goes on from 'start' (CC-BY-NC-4.0)"), std::string::npos);
  config.init_from = (run("b") / "checkpoints/step_000008/model.safetensors").string();
  config.licence = config.attribution = "";
  EXPECT_NE(plan_run(config).credit.find("Bo, 2020"), std::string::npos);
  start_run(config, run("c"), {});
  EXPECT_EQ(card_of(run("c")).licence, "");  // nobody said anything of the new images
  EXPECT_EQ(card_of(run("c")).attribution, "Ann; Bo, 2020");
}

TEST_F(TrainerTest, ABaseThatAsksNothingChangesNoLicenceAndAnUnknownOneIsSaid) {
  RunConfig config = small();
  config.name = "start";
  config.licence = "CC0-1.0";
  start_run(config, run("free"), {});
  config.licence = "";
  start_run(config, run("unknown"), {});
  config.name = "next";
  config.licence = "CC-BY-4.0";
  config.init_from = (run("free") / "model.safetensors").string();
  start_run(config, run("a"), {});
  EXPECT_EQ(card_of(run("a")).licence, "CC-BY-4.0");
  EXPECT_EQ(card_of(run("a")).limits, "");
  config.init_from = (run("unknown") / "model.safetensors").string();
  start_run(config, run("b"), {});
  EXPECT_EQ(card_of(run("b")).licence, "");  // nor does the next training make it known
  EXPECT_NE(card_of(run("b")).limits.find("not known: it goes on from 'start'"), std::string::npos)
      << card_of(run("b")).limits;
}

/// rights_of without a run: the config's licence, the manifests', and the base's, each may be the strictest.
TEST(Card, SaysWhatTheStrictestLicenceAllows) {
  const auto limits = [](const std::string& given, const std::string& of_images, const std::string& of_base) {
    RunConfig config;
    config.licence = given;
    RunImages found;
    found.has_manifest = !of_images.empty();
    found.verdict = dataset::judge_licences(std::vector<dataset::Entry>{{.licence = of_images, .attribution = "Ann"}});
    if (!of_base.empty()) found.base.emplace().licence = of_base;
    return rights_of(config, found).sentence;
  };
  const auto is_for_anything = [&](const std::string& given, const std::string& of_images, const std::string& of_base) {
    return limits(given, of_images, of_base).find("also commercially") != std::string::npos;
  };
  EXPECT_TRUE(is_for_anything("CC-BY-4.0", "CC0-1.0", "CC-BY-4.0"));
  EXPECT_TRUE(is_for_anything("", "CC0-1.0", "CC-BY-4.0, CC0-1.0"));
  EXPECT_FALSE(is_for_anything("CC-BY-NC-4.0", "CC0-1.0", ""));
  EXPECT_NE(limits("CC-BY-NC-4.0", "CC0-1.0", "").find("not commercially"), std::string::npos);
  EXPECT_NE(limits("CC-BY-NC-4.0", "CC0-1.0", "CC-BY-4.0").find("not commercially"), std::string::npos);
  EXPECT_EQ(limits("ask me", "CC0-1.0", ""), "");
  for (const char* strict : {"CC-BY-4.0 AND CC-BY-NC-4.0", "PD-old AND CC-BY-NC-4.0", "CC0-1.0; CC-BY-NC-4.0",
                             "CC0-1.0,CC-BY-NC-4.0", "CC0-1.0 and CC-BY-NC-4.0", "(CC0-1.0 AND CC-BY-NC-4.0)"}) {
    EXPECT_FALSE(is_for_anything(strict, "", "CC-BY-4.0")) << strict;
    EXPECT_FALSE(is_for_anything("CC0-1.0", "", strict)) << strict;
  }
}

TEST_F(TrainerTest, SaysWhatIsDifferentWhenARunGoesOn) {
  RunConfig config = small();
  config.schedule = "linear";
  config.lr_end = 0;
  config.style = {folder_.path() / "style"};
  image::draw_images(folder_.path() / "style", 4, 50);
  start_run(config, run("a"), {});
  config = read_run_config(run("a"));
  config.steps *= 2;
  config.batch = 3;
  image::draw_images(folder_.path() / "style", 6, 50);
  std::vector<std::string> notes;
  RunOptions options;
  options.on_note = [&](const std::string& note) { notes.push_back(note); };
  resume_run(config, run("a"), options);
  const auto said = [&](std::string_view text) {
    return std::ranges::any_of(notes, [&](const std::string& note) { return note.find(text) != note.npos; });
  };
  EXPECT_TRUE(said("from step 6 on, steps is 12, not 6"));
  EXPECT_TRUE(said("from step 6 on, batch is 3, not "));
  EXPECT_TRUE(said("6 style images (before: "));
  EXPECT_TRUE(said("the learning rate goes from 0.333 to 1 times lr at step 6"));
  EXPECT_NE(card_of(run("a")).recipe.find("from step 6 batch 3; from step 6 other images"), std::string::npos)
      << card_of(run("a")).recipe;
  std::ifstream log(run("a") / "log.jsonl");
  double rate = 1;
  for (std::string line; std::getline(log, line);) rate = nlohmann::json::parse(line).value("rate", rate);
  EXPECT_NEAR(rate, 1.0 / 6, 1e-9);  // of the last step, as it was used

  const auto stored = read_run_config(run("a"));
  config.steps = 5;
  EXPECT_THROW(resume_run(config, run("a"), {}), Error);
  EXPECT_EQ(to_toml(read_run_config(run("a"))), to_toml(stored));
}

/// A resume that is killed before its first checkpoint leaves its config and its log, but has learnt nothing.
TEST_F(TrainerTest, ChangesAreNotForgottenWhenAResumeIsKilledAtOnce) {
  RunConfig config = small();
  config.style = {folder_.path() / "style"};
  image::draw_images(folder_.path() / "style", 4, 50);
  start_run(config, run("a"), {});
  config = read_run_config(run("a"));
  config.steps = 8;
  config.batch = 3;
  image::draw_images(folder_.path() / "style", 6, 50);
  write_file(run("a") / "config.toml", to_toml(config));
  std::ofstream(run("a") / "log.jsonl", std::ios::app)
      << nlohmann::json{{"event", "start"}, {"step", 6}, {"images", image_hash(find_images(config))}}.dump() << '\n';
  resume_run(read_run_config(run("a")), run("a"), {});
  EXPECT_NE(card_of(run("a")).recipe.find("from step 6 batch 3; from step 6 other images"), std::string::npos)
      << card_of(run("a")).recipe;
}

/// A published card tells nothing of somebody's folders; the same folder said otherwise is no change.
TEST_F(TrainerTest, PathsStayOutOfTheCardAndAreStoredWhole) {
  RunConfig config = small();
  config.options["perceptual"] = std::string("/home/bo/old.npz");
  RunConfig changed = config;
  changed.method = config.method = "cartoongan";
  changed.photos = {"/home/bo/secret"};
  changed.options["perceptual"] = std::string("/home/bo/vgg.npz");
  std::string card;
  for (const Change& change : config_changes(config, changed, 6)) card += change.for_card;
  EXPECT_EQ(card, "from step 6 perceptual 'vgg.npz'");

  start_run(small(), run("a"), {});
  const std::string before = to_toml(read_run_config(run("a")));
  config = read_run_config(run("a"));
  config.photos = {"photo"};
  std::vector<std::string> notes;
  RunOptions options;
  options.on_note = [&](const std::string& note) { notes.push_back(note); };
  const fs::path here = fs::current_path();
  fs::current_path(images_->path());
  resume_run(config, run("a"), options);
  fs::current_path(here);
  EXPECT_EQ(to_toml(read_run_config(run("a"))), before);
  for (const std::string& note : notes) EXPECT_EQ(note.find("photos"), std::string::npos) << note;
}

TEST_F(TrainerTest, LeavesWhatTheReadmePromises) {
  RunConfig config = small();
  config.name = "drawn";
  config.attribution = "drawn by a test";
  config.sized_for = 1400;
  start_run(config, run("a"), {});
  const weights::Model model = weights::read_model_file(run("a") / "model.safetensors");
  EXPECT_EQ(model.card.name, "drawn");
  EXPECT_EQ(model.card.architecture, "genga_lite");
  EXPECT_EQ(model.card.attribution, "drawn by a test");
  EXPECT_EQ(model.card.sized_for, 1400);
  EXPECT_TRUE(model.card.data.starts_with("style, photo; ")) << model.card.data;
  EXPECT_EQ(model.card.licence, "");  // nobody said anything
  EXPECT_NE(model.card.limits.find("is not known"), std::string::npos) << model.card.limits;
  EXPECT_TRUE(fs::exists(run("a") / "checkpoints/step_000003/model.safetensors"));
  const image::Image preview = image::read_image(image::EncodedImage{run("a") / "previews/step_000006.jpg"});
  EXPECT_EQ(preview.width, 2 * 64 + 3 * 8);
  std::ifstream log(run("a") / "log.jsonl");
  int n_lines = 0;
  for (std::string line; std::getline(log, line); ++n_lines) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  EXPECT_EQ(n_lines, 1 + 6 + 2 + 1);  // start, steps, checkpoints, end
}

TEST_F(TrainerTest, RefusesAFolderThatHoldsARun) {
  start_run(small(), run("a"), {});
  EXPECT_THROW(start_run(small(), run("a"), {}), Error);
}

TEST_F(TrainerTest, WrongPathLeavesNoFolder) {
  RunConfig config = small();
  config.style = {folder_.path() / "none"};
  EXPECT_THROW(start_run(config, run("a"), {}), Error);
  EXPECT_FALSE(fs::exists(run("a")));
}

TEST_F(TrainerTest, PlanMeasuresWithoutWriting) {
  const RunPlan plan = plan_run(small());
  ASSERT_EQ(plan.networks.size(), 3U);
  EXPECT_GT(plan.networks[0].macs, 0);
  EXPECT_GT(plan.step_seconds, 0);
  EXPECT_EQ(plan.n_photos, 11);
  EXPECT_EQ(plan.n_held_out, 1);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

/// One number for a network; its step may be told to give nonsense.
class FakeMethod final : public Method {
 public:
  explicit FakeMethod(std::vector<std::int64_t> bad_calls) : bad_calls_(std::move(bad_calls)) {}
  Terms step(const Images&, StepContext& context) override {
    ++n_calls_;
    value_ += static_cast<float>(context.rate());
    const bool bad = std::ranges::count(bad_calls_, n_calls_) > 0;
    return {{"fine", 1.0}, {"loss", bad ? std::numeric_limits<double>::quiet_NaN() : 1.0}};
  }
  weights::TensorMap state() const override { return {{"value", weights::make_tensor({1}, {value_})}}; }
  void set_state(const weights::TensorMap& state) override { value_ = state.at("value").to_f32()[0]; }
  weights::Model result() override {
    weights::Model model;
    model.graph.set_output(model.graph.add("x", ir::Input{}));
    return model;
  }
  void init_from(const weights::Model&) override {}
  void average_over(World&) override {}
  std::string_view phase(std::int64_t) const override { return {}; }
  at::Tensor stylise(const at::Tensor& photo) override { return photo; }
  at::Tensor sample(std::int64_t, std::uint64_t) override { return {}; }
  std::vector<NetworkRow> networks() const override { return {}; }
  void each_gradient(const std::function<void(const std::string&, const at::Tensor&)>&) const override {}

 private:
  std::vector<std::int64_t> bad_calls_;
  std::int64_t n_calls_ = 0;
  float value_ = 0;
};

TEST_F(TrainerTest, RollsBackToTheLastCheckpointWithHalfTheRate) {
  const std::vector<std::int64_t> bad{5};  // the second step after the checkpoint at step 3
  std::vector<std::string> notes;
  RunOptions options;
  options.on_note = [&](const std::string& text) { notes.push_back(text); };
  const RunFolder folder(run("a"));
  folder.create();
  write_file(folder.config_file(), to_toml(small()));
  Trainer(small(), find_images(small()), folder, std::make_unique<FakeMethod>(bad), options, alone_).run();
  ASSERT_GE(notes.size(), 1U);
  EXPECT_NE(notes[0].find("'loss'"), std::string::npos) << notes[0];
  EXPECT_NE(notes[0].find("back to step 3"), std::string::npos) << notes[0];
  const Checkpoint last = folder.load_latest().checkpoint;
  EXPECT_EQ(last.step, 6);
  EXPECT_EQ(last.rate, 0.5);
  EXPECT_EQ(last.rollbacks, 1);
  EXPECT_EQ(last.state.at("value").to_f32()[0], 3 * 1.0F + 3 * 0.5F);
}

TEST_F(TrainerTest, GivesUpAfterThreeRollbacksAndKeepsTheGoodCheckpoint) {
  const std::vector<std::int64_t> bad{4, 5, 6, 7};
  const RunFolder folder(run("a"));
  folder.create();
  write_file(folder.config_file(), to_toml(small()));
  Trainer trainer(small(), find_images(small()), folder, std::make_unique<FakeMethod>(bad), {}, alone_);
  try {
    trainer.run();
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'loss'"), std::string::npos) << error.what();
  }
  EXPECT_EQ(folder.load_latest().checkpoint.step, 3);
}

TEST_F(TrainerTest, StopsCleanlyWhenItsTimeIsUp) {
  RunConfig config = small();
  config.steps = 1'000'000;
  config.max_minutes = 0.002;
  const RunFolder folder(run("a"));
  folder.create();
  write_file(folder.config_file(), to_toml(small()));
  Trainer(config, find_images(config), folder, std::make_unique<FakeMethod>(std::vector<std::int64_t>{}), {}, alone_)
      .run();
  EXPECT_GT(folder.load_latest().checkpoint.step, 0);
  EXPECT_TRUE(fs::exists(folder.model_file()));
}

TEST(Preview, LeavesOutUnreadablePhotosAndSaysWhy) {
  const image::TestFolder folder;
  image::draw_images(folder.path(), 2, 0);
  std::ofstream(folder.path() / "p11.png") << "not an image";
  const PreviewPhotos preview = read_preview_photos({folder.path() / "p10.png", folder.path() / "p11.png"}, 8, 64);
  ASSERT_EQ(preview.photos.size(), 1U);
  EXPECT_EQ(preview.photos[0].width, 64);
  ASSERT_EQ(preview.skipped.size(), 1U);
  EXPECT_EQ(preview.skipped[0].path, folder.path() / "p11.png");
}

TEST(Preview, ImagesSurviveTheWayThroughTensors) {
  const image::Image image = image::draw_image(33, 21, 4);
  const image::Image back = to_image(to_tensor(image));
  EXPECT_EQ(back.width, 33);
  EXPECT_EQ(back.rgb, image.rgb);
}

}  // namespace
}  // namespace genga::train
