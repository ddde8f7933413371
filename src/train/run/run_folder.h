// Where a run keeps its files, and how its checkpoints appear whole or not at all.
//
//   RUN/config.toml                         the run's config, as train::to_toml writes it
//   RUN/log.jsonl                           one JSON object a line
//   RUN/report.html                         curves, previews, config, data: opens without a network
//   RUN/events/                             TensorBoard's files (tensorboard --logdir RUN)
//   RUN/previews/step_000500.jpg            photos beside results (RUN/sheets in runs of earlier versions)
//   RUN/checkpoints/step_000500/            state.safetensors (to resume), model.safetensors (to use)
//   RUN/checkpoints/step_000500.damaged/    one that could not be read when the run was resumed
//   RUN/latest                              name of the newest checkpoint's folder
//   RUN/best                                what genga eval put first (src/app_genga/trained_run.h), until the next one
//   RUN/model.safetensors                   the result
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "genga/train.h"
#include "genga/weights.h"

namespace genga::train {

struct Checkpoint {
  std::int64_t step = 0;                     // steps done
  double rate = 1;                           // factor of the learning rates: halved by every rollback
  int rollbacks = 0;                         // of the whole run
  weights::TensorMap state{};                // the method's
  std::optional<weights::ModelCard> base{};  // of the model that the run began from: what it asks for lasts
  std::string changes{};                     // of the config since the run began, for the model's card
  std::string config{}, images{};  // what it was made with, as to_toml and image_hash; earlier versions: empty
};

/// What a run is resumed from.
struct Loaded {
  Checkpoint checkpoint;
  std::vector<std::string> damaged;  // names of newer checkpoints that cannot be read
  std::string reason;                // why not the newest of them
};

/// The right to write in a run's folder. It ends with the process, however that ends.
using RunClaim = std::shared_ptr<std::FILE>;

class RunFolder {
 public:
  static constexpr int kNewest = 2;  // checkpoints that always stay: if a disk spoils one, little is lost
  /// How many stay when a config asks for `keep`.
  static int n_kept(int keep) { return std::max(keep, kNewest); }

  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path config_file() const { return path_ / "config.toml"; }
  std::filesystem::path log_file() const { return path_ / "log.jsonl"; }
  std::filesystem::path model_file() const { return path_ / "model.safetensors"; }
  std::filesystem::path events_folder() const { return path_ / "events"; }
  std::filesystem::path preview_file(std::int64_t step) const;

  /// Makes the folders. Throws Error: kInvalidArgument if a run is there already, kIo.
  void create() const;

  /// Folders that a run of an earlier version lacks. Throws Error: kIo.
  void complete() const;

  /// Two processes that write in one folder would spoil each other's checkpoints. Throws Error: kInvalidArgument
  /// (another process holds it), kIo.
  RunClaim claim() const;

  /// Whether the disk has room for the checkpoints to come. bytes: of one; n: as many as will be kept.
  /// Returns a sentence if not all of them will fit, else "". Throws Error: kIo if not even the next does; in a folder
  /// without any, the next two (the newest is written beside the one before it).
  std::string check_space(std::int64_t bytes, std::int64_t n) const;

  /// Writes a checkpoint and removes all but n_kept(keep): the newest two, and others about evenly over the run. When
  /// this throws (kIo: disk full), the ones before are untouched and `latest` still names a whole one.
  void save(const Checkpoint& checkpoint, const weights::Model& model, int keep) const;
  /// False for a run that was stopped before its first one.
  bool has_checkpoint() const;
  /// The checkpoint that `latest` names. If that is damaged, the newest whole one before it. Throws Error: kNotFound
  /// (no checkpoint), kCorruptData (none is whole), kIo (one cannot be opened, so that nobody knows).
  Loaded load_latest() const;
  /// Renames a damaged checkpoint's folder to <name>.damaged: nothing is lost, and the run may come to that step again.
  void set_aside(const std::string& checkpoint) const;

 private:
  Checkpoint load(const std::string& name) const;

  std::filesystem::path path_;
};

}  // namespace genga::train
