// What is different when a run goes on: told to people, and kept for the model's card.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "genga/train.h"

namespace genga::train {

struct RunImages;
struct RunHistory;
struct Checkpoint;

struct Change {
  std::string sentence;  // "from step 10 on, batch is 8, not 4"
  std::string for_card;  // "from step 10 batch 8"; empty if the result does not depend on it
};

/// The config that a run's checkpoint was made with; config.toml may already be that of a resume which was killed
/// before its first checkpoint. Throws Error: as read_run_config.
RunConfig config_of(const Checkpoint& checkpoint, const std::filesystem::path& run);

/// One for each field of the config that changes what is learnt, and one if the learning rate jumps.
std::vector<Change> config_changes(const RunConfig& before, const RunConfig& now, std::int64_t step);

/// A hash of the names and lengths of the images that training sees.
std::string image_hash(const RunImages& images);
/// One, if the images are others than those of the checkpoint (of an earlier version: than when the run last started);
/// none if they are the same, or nothing says which they were.
std::vector<Change> image_changes(const RunHistory& history, const RunImages& now, const Checkpoint& checkpoint);

}  // namespace genga::train
