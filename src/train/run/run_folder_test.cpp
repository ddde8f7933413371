// Checkpoints: whole or not at all, kept, found again, also those of earlier versions.
#include "train/run/run_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/test_full_disk.h"
#include "genga/base.h"
#include "genga/error.h"
#include "image/test_folder.h"

namespace genga::train {
namespace {

namespace fs = std::filesystem;

weights::Model tiny_model() {
  weights::Model model;
  model.graph.set_output(model.graph.add("x", ir::Input{}));
  return model;
}

Checkpoint checkpoint(std::int64_t step) {
  return {step, 0.25, 2, {{"w", weights::make_tensor({64}, std::vector<float>(64, static_cast<float>(step)))}}};
}

TEST(RunFolder, GivesBackWhatItSaved) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  folder.save(checkpoint(500), tiny_model(), 3);
  const Checkpoint got = folder.load_latest().checkpoint;
  EXPECT_EQ(got.step, 500);
  EXPECT_EQ(got.rate, 0.25);
  EXPECT_EQ(got.rollbacks, 2);
  EXPECT_EQ(got.state.at("w").to_f32(), checkpoint(500).state.at("w").to_f32());
  EXPECT_NO_THROW(weights::read_model_file(folder.path() / "checkpoints/step_000500/model.safetensors"));
}

TEST(RunFolder, KeepsTheNewestTwoAndOthersEvenlyOverTheRun) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  const auto steps = [&] {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path() / "checkpoints")) {
      names.push_back(entry.path().filename().string().substr(5));
    }
    std::ranges::sort(names);
    return names;
  };
  for (std::int64_t step = 500; step <= 8000; step += 500) {
    folder.save(checkpoint(step), tiny_model(), 4);
    EXPECT_LE(steps().size(), 4U);
    EXPECT_EQ(folder.load_latest().checkpoint.step, step);
  }
  EXPECT_EQ(steps(), (std::vector<std::string>{"004000", "006000", "007500", "008000"}));
  for (const int keep : {2, 1}) {
    folder.save(checkpoint(8500 + keep), tiny_model(), keep);
    EXPECT_EQ(steps().size(), 2U);
  }
}

TEST(RunFolder, ASpoiltNewestCheckpointCostsTheStepsSinceTheOneBefore) {
  for (const int keep : {1, 2, 3, 5}) {
    const image::TestFolder temporary;
    const RunFolder folder(temporary.path() / "run");
    folder.create();
    std::int64_t oldest = 0;
    for (std::int64_t step = 100; step <= 4000; step += 100) {
      folder.save(checkpoint(step), tiny_model(), keep);
      std::vector<std::int64_t> kept;
      for (const auto& entry : fs::directory_iterator(folder.path() / "checkpoints")) {
        kept.push_back(std::stoll(entry.path().filename().string().substr(5)));
      }
      EXPECT_LE(kept.size(), static_cast<std::size_t>(std::max(keep, 2)));
      EXPECT_TRUE(step == 100 || std::ranges::count(kept, step - 100) == 1) << keep << ", " << step;
      oldest = std::ranges::min(kept);
    }
    EXPECT_GE(oldest, 4000 / (2 * keep));  // of a long run, not its first steps for ever
  }
}

TEST(RunFolder, RemembersWhatTheRunBeganFromAndWhatChanged) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  Checkpoint begun = checkpoint(500);
  begun.base.emplace();
  begun.base->name = "pepper";
  begun.base->attribution = "David Revoy";
  begun.changes = "from step 300 batch 8";
  folder.save(begun, tiny_model(), 3);
  const Checkpoint got = folder.load_latest().checkpoint;
  ASSERT_TRUE(got.base);
  EXPECT_EQ(got.base->name, "pepper");
  EXPECT_EQ(got.base->licence, "");
  EXPECT_EQ(got.base->attribution, "David Revoy");
  EXPECT_EQ(got.changes, "from step 300 batch 8");
}

TEST(RunFolder, SaysBeforeWhetherTheDiskHasRoom) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "a/b/run");  // not made yet
  EXPECT_EQ(folder.check_space(1000, 3), "");
  const auto free = static_cast<std::int64_t>(fs::space(temporary.path()).available);
  EXPECT_NE(folder.check_space(free / 4, 100).find("101 will not fit: lower --keep"), std::string::npos);
  try {
    folder.check_space(free, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("a/b/run': its disk has"), std::string::npos) << error.what();
  }
  EXPECT_THROW(folder.check_space(free / 4 * 3, 1), Error);  // one would fit, but not the next beside it
  folder.create();
  folder.save(checkpoint(1), tiny_model(), 1);
  EXPECT_EQ(folder.check_space(free / 4 * 3, 1), "");
}

TEST(RunFolder, KeepsTheNumberOfRollbacks) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  Checkpoint many = checkpoint(500);
  many.rate = 0;  // halved until nothing is left: its logarithm says no number
  many.rollbacks = 1200;
  folder.save(many, tiny_model(), 3);
  EXPECT_EQ(folder.load_latest().checkpoint.rollbacks, 1200);
}

/// What a run of an earlier version left: no number of rollbacks, and the old names of networks and optimizers.
TEST(RunFolder, ReadsCheckpointsOfEarlierVersions) {
  const image::TestFolder temporary;
  const fs::path folder = temporary.path() / "checkpoints/step_000500";
  fs::create_directories(folder);
  weights::TensorFile file;
  file.tensors = {{"generator/stem.weight", weights::make_tensor({1}, {1})},
                  {"critic_color/stem.weight", weights::make_tensor({1}, {2})},
                  {"adam_critic_color/critic_color/stem.weight.m", weights::make_tensor({1}, {3})},
                  {"adam_critic_color/steps", weights::make_tensor({1}, {4})}};
  file.metadata = {{"genga.step", "500"}, {"genga.rate", "0.125"}};
  weights::write_tensor_file(folder / "state.safetensors", file);
  std::ofstream(temporary.path() / "latest") << "step_000500\n";
  const Checkpoint got = RunFolder(temporary.path()).load_latest().checkpoint;
  EXPECT_EQ(got.rollbacks, 3);
  ASSERT_EQ(got.state.size(), 4U);
  EXPECT_EQ(got.state.at("generator/stem.weight").to_f32()[0], 1);
  EXPECT_EQ(got.state.at("discriminator_color/stem.weight").to_f32()[0], 2);
  EXPECT_EQ(got.state.at("adam_discriminator_color/discriminator_color/stem.weight.m").to_f32()[0], 3);
  EXPECT_EQ(got.state.at("adam_discriminator_color/steps").to_f32()[0], 4);
}

TEST(RunFolder, ForgetsWhichModelWasBestWhenThereIsANewOne) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  folder.save(checkpoint(500), tiny_model(), 3);
  write_file(folder.path() / "best", "checkpoints/step_000500/model.safetensors\n");
  folder.save(checkpoint(1000), tiny_model(), 3);
  EXPECT_FALSE(fs::exists(folder.path() / "best"));
}

TEST(RunFolder, BelongsToOneAtATime) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  RunClaim claim = folder.claim();
  EXPECT_THROW(folder.claim(), Error);
  claim.reset();
  EXPECT_NO_THROW(folder.claim());
}

TEST(RunFolder, ClearsAwayWhatAKilledProcessLeft) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  fs::create_directories(folder.path() / "checkpoints/step_000007.part/x");
  folder.save(checkpoint(500), tiny_model(), 3);
  EXPECT_FALSE(fs::exists(folder.path() / "checkpoints/step_000007.part"));
}

TEST(RunFolder, KeepsTheNewest) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  for (const std::int64_t step : {900, 950, 1000, 1000000}) folder.save(checkpoint(step), tiny_model(), 2);
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path() / "checkpoints")) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"step_001000", "step_1000000"}));
  EXPECT_EQ(folder.load_latest().checkpoint.step, 1000000);
}

TEST(RunFolder, FullDiskKeepsTheLastCheckpointAndLeavesNoRest) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  folder.save(checkpoint(1), tiny_model(), 1);
  {
    const FullDisk full(100);
    EXPECT_THROW(folder.save(checkpoint(2), tiny_model(), 1), Error);
  }
  EXPECT_EQ(folder.load_latest().checkpoint.step, 1);
  EXPECT_FALSE(fs::exists(folder.path() / "checkpoints/step_000002"));
  EXPECT_FALSE(fs::exists(folder.path() / "checkpoints/step_000002.part"));
  folder.save(checkpoint(2), tiny_model(), 1);
  EXPECT_EQ(folder.load_latest().checkpoint.step, 2);
}

TEST(RunFolder, SaysWhenThereIsNothingToResume) {
  const image::TestFolder temporary;
  try {
    RunFolder(temporary.path()).load_latest();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
}

TEST(RunFolder, TakesACheckpointThatCannotBeOpenedForNoDamagedOne) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  for (const std::int64_t step : {100, 200}) folder.save(checkpoint(step), tiny_model(), 2);
  const fs::path newest = folder.path() / "checkpoints/step_000200";
  fs::remove(newest / "state.safetensors");
  fs::create_symlink("state.safetensors", newest / "state.safetensors");  // leads to itself
  try {
    folder.load_latest();
    FAIL() << "was taken for damaged";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("checkpoints/step_000200' away"), std::string::npos) << error.what();
  }
  fs::rename(newest, temporary.path() / "elsewhere");
  EXPECT_EQ(folder.load_latest().checkpoint.step, 100);
}

TEST(RunFolder, FallsBackToTheNewestWholeCheckpointAndKeepsTheDamagedOne) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  for (const std::int64_t step : {100, 200, 300}) folder.save(checkpoint(step), tiny_model(), 3);
  const fs::path newest = folder.path() / "checkpoints/step_000300";
  fs::resize_file(newest / "state.safetensors", 100);
  const Loaded loaded = folder.load_latest();
  EXPECT_EQ(loaded.checkpoint.step, 200);
  EXPECT_EQ(loaded.damaged, std::vector<std::string>{"step_000300"});
  EXPECT_NE(loaded.reason.find((newest / "state.safetensors").string()), std::string::npos) << loaded.reason;

  folder.set_aside("step_000300");
  EXPECT_FALSE(fs::exists(newest));
  EXPECT_EQ(fs::file_size(newest.string() + ".damaged/state.safetensors"), 100U);
  folder.save(checkpoint(300), tiny_model(), 1);
  EXPECT_EQ(folder.load_latest().checkpoint.step, 300);
  fs::remove(newest / "state.safetensors");
  folder.set_aside("step_000300");
  EXPECT_TRUE(fs::exists(newest.string() + ".damaged/state.safetensors"));  // the first one is still there
  EXPECT_TRUE(fs::exists(newest.string() + "-2.damaged"));
}

TEST(RunFolder, SaysThatNoCheckpointIsWhole) {
  const image::TestFolder temporary;
  const RunFolder folder(temporary.path() / "run");
  folder.create();
  folder.save(checkpoint(100), tiny_model(), 3);
  std::ofstream(folder.path() / "checkpoints/step_000100/state.safetensors") << "damaged";
  try {
    folder.load_latest();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    EXPECT_NE(std::string(error.what()).find("there is no older checkpoint"), std::string::npos) << error.what();
  }
}

TEST(RunFolder, RefusesALatestThatPointsElsewhere) {
  const image::TestFolder temporary;
  std::ofstream(temporary.path() / "latest") << "../../etc\n";
  EXPECT_THROW(RunFolder(temporary.path()).load_latest(), Error);
}

TEST(RunFolder, RefusesAStateThatIsNoCheckpoint) {
  const image::TestFolder temporary;
  fs::create_directories(temporary.path() / "checkpoints/step_000001");
  std::ofstream(temporary.path() / "latest") << "step_000001\n";
  weights::write_tensor_file(temporary.path() / "checkpoints/step_000001/state.safetensors", {});
  EXPECT_THROW(RunFolder(temporary.path()).load_latest(), Error);
}

}  // namespace
}  // namespace genga::train
