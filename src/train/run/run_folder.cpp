// Checkpoints that appear whole or not at all, and the claim on a folder.
#include "train/run/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"
#include "train/config/aliases.h"

namespace genga::train {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "step_";
constexpr std::string_view kUnfinished = ".part";
constexpr std::string_view kDamaged = ".damaged";

// Metadata of state.safetensors.
constexpr std::pair<const char*, std::string Checkpoint::*> kTextKeys[] = {
    {"genga.changes", &Checkpoint::changes},
    {"genga.config", &Checkpoint::config},
    {"genga.images", &Checkpoint::images},
};
constexpr std::pair<const char*, std::string weights::ModelCard::*> kBaseKeys[] = {
    {"genga.base.name", &weights::ModelCard::name},
    {"genga.base.licence", &weights::ModelCard::licence},
    {"genga.base.attribution", &weights::ModelCard::attribution},
    {"genga.base.data", &weights::ModelCard::data},
};

std::string step_name(std::int64_t step) {
  return fmt::format("{}{:06}", kPrefix, step);
}

void make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) fail(ErrorCode::kIo, "'{}': cannot make the folder: {}", path.string(), error.message());
}

/// The number in "step_000500"; -1 for other names.
std::int64_t step_of(const std::string& name) {
  std::int64_t step = -1;
  if (!name.starts_with(kPrefix)) return -1;
  const char* first = name.data() + kPrefix.size();
  const char* last = name.data() + name.size();
  const auto [end, error] = std::from_chars(first, last, step);
  return error == std::errc() && end == last ? step : -1;
}

/// Checkpoints by step.
std::vector<std::pair<std::int64_t, fs::path>> newest_first(const fs::path& folder) {
  std::vector<std::pair<std::int64_t, fs::path>> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::int64_t step = step_of(entry.path().filename().string());
    if (step >= 0) found.emplace_back(step, entry.path());
  }
  std::ranges::sort(found, std::ranges::greater{});
  return found;
}

/// Which of steps that ascend goes when there are too many: not the newest two; of the others the one that is nearest
/// to the one before it, the earliest of several. So the distances double as the run gets longer, and stay even.
std::size_t least_missed(const std::vector<std::int64_t>& steps) {
  std::size_t best = 0;
  std::int64_t min_gap = INT64_MAX;
  for (std::size_t i = 0; i + RunFolder::kNewest < steps.size(); ++i) {
    const std::int64_t gap = steps[i] - (i == 0 ? 0 : steps[i - 1]);
    if (gap < min_gap) best = i;
    min_gap = std::min(min_gap, gap);
  }
  return best;
}

/// Removes what a process that was killed left.
void remove_unfinished(const fs::path& folder) {
  std::vector<fs::path> unfinished;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == kUnfinished) unfinished.push_back(entry.path());
  }
  for (const fs::path& path : unfinished) fs::remove_all(path, error);
}

/// Removes a checkpoint so that at no moment half of it has its name.
void remove_checkpoint(const fs::path& path) {
  const fs::path unfinished = path.string() + std::string(kUnfinished);
  std::error_code error;
  fs::rename(path, unfinished, error);
  if (!error) fs::remove_all(unfinished, error);
}

void remove_old(const fs::path& folder, int keep) {
  remove_unfinished(folder);
  auto found = newest_first(folder);
  std::ranges::reverse(found);
  std::vector<std::int64_t> steps;
  for (const auto& checkpoint : found) steps.push_back(checkpoint.first);
  while (found.size() > static_cast<std::size_t>(RunFolder::n_kept(keep))) {
    const auto at = static_cast<std::ptrdiff_t>(least_missed(steps));
    remove_checkpoint(found[static_cast<std::size_t>(at)].second);
    found.erase(found.begin() + at);
    steps.erase(steps.begin() + at);
  }
}

/// Renames a folder over another, which may be the one that `latest` names (the same step, before a rollback or
/// resume): at no moment is there neither.
void put_in_place(const fs::path& temporary, const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder)) {
    if (renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0) {
      fs::remove_all(temporary, error);
      return;
    }
    fs::remove_all(folder, error);  // a file system without exchange
  }
  fs::rename(temporary, folder, error);
  if (error) fail(ErrorCode::kIo, "'{}': cannot be put in place: {}", folder.string(), error.message());
}

double number_in(const weights::TensorFile& file, const std::string& key, const fs::path& path) {
  const auto it = file.metadata.find(key);
  double value = 0;
  if (it != file.metadata.end()) {
    const char* last = it->second.data() + it->second.size();
    if (std::from_chars(it->second.data(), last, value).ptr == last) return value;
  }
  fail(ErrorCode::kCorruptData, "'{}': has no readable '{}'; it is not a checkpoint of genga-train", path.string(),
       key);
}

/// Rollbacks of a checkpoint of an earlier version, which stored the rate alone: every one halved it.
int halvings(double rate) {
  return rate > 0 && rate < 1 ? static_cast<int>(std::lround(-std::log2(rate))) : 0;
}

}  // namespace

fs::path RunFolder::preview_file(std::int64_t step) const {
  return path_ / "previews" / (step_name(step) + ".jpg");
}

void RunFolder::create() const {
  if (fs::exists(path_ / "latest") || fs::exists(config_file())) {
    fail(ErrorCode::kInvalidArgument, "'{}': holds a run already; continue it with --resume, or choose another folder",
         path_.string());
  }
  complete();
}

void RunFolder::complete() const {
  make_folder(path_ / "checkpoints");
  make_folder(path_ / "previews");
}

RunClaim RunFolder::claim() const {
  std::FILE* log = std::fopen(log_file().c_str(), "ae");  // always there, never replaced
  if (log == nullptr) fail(ErrorCode::kIo, "'{}': cannot be written: {}", log_file().string(), std::strerror(errno));
  RunClaim claim(log, [](std::FILE* file) { std::fclose(file); });
  // Other errors: a file system without locks.
  if (flock(fileno(log), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    fail(ErrorCode::kInvalidArgument,
         "'{}': another process is training in this folder; wait until it ends, stop it, or choose another folder",
         path_.string());
  }
  return claim;
}

std::string RunFolder::check_space(std::int64_t bytes, std::int64_t n) const {
  fs::path place = fs::absolute(path_);
  std::error_code error;
  while (!fs::exists(place, error) && place.has_relative_path()) place = place.parent_path();
  const fs::space_info space = fs::space(place, error);
  if (error) return "";
  const auto free = static_cast<std::int64_t>(std::min<std::uintmax_t>(space.available, INT64_MAX));
  const auto there = static_cast<std::int64_t>(newest_first(path_ / "checkpoints").size());
  const std::string found = fmt::format("'{}': its disk has {} free, and a checkpoint of this run takes {}",
                                        path_.string(), format_bytes(free), format_bytes(bytes));
  const std::int64_t needed = there == 0 ? 2 : 1;  // the second is written beside the first
  if (free / needed < bytes) {
    fail(ErrorCode::kIo, "{}; free space for {}, or choose another disk", found, needed == 1 ? "one" : "two");
  }
  const std::int64_t wanted = std::max<std::int64_t>(n - there, 0) + 1;  // and one that is being written
  return free / wanted < bytes ? fmt::format("{}; {} will not fit: lower --keep, or free space", found, wanted) : "";
}

void RunFolder::save(const Checkpoint& checkpoint, const weights::Model& model, int keep) const {
  const fs::path folder = path_ / "checkpoints" / step_name(checkpoint.step);
  const fs::path temporary = folder.string() + std::string(kUnfinished);
  std::error_code error;
  fs::remove_all(temporary, error);
  try {
    make_folder(temporary);
    weights::TensorFile file;
    file.tensors = checkpoint.state;
    file.metadata = {{"genga.step", std::to_string(checkpoint.step)},
                     {"genga.rate", fmt::format("{}", checkpoint.rate)},
                     {"genga.rollbacks", std::to_string(checkpoint.rollbacks)}};
    for (const auto& [key, text] : kTextKeys) {
      if (!(checkpoint.*text).empty()) file.metadata[key] = checkpoint.*text;
    }
    for (const auto& [key, text] : kBaseKeys) {
      if (checkpoint.base) file.metadata[key] = (*checkpoint.base).*text;
    }
    weights::write_tensor_file(temporary / "state.safetensors", file);
    weights::write_model_file(temporary / "model.safetensors", model);
    put_in_place(temporary, folder);
    write_file(path_ / "latest", folder.filename().string() + "\n");
    fs::remove(path_ / "best", error);  // genga eval has not seen this one
  } catch (...) {
    fs::remove_all(temporary, error);
    throw;
  }
  remove_old(path_ / "checkpoints", keep);
}

bool RunFolder::has_checkpoint() const {
  return fs::exists(path_ / "latest");
}

Checkpoint RunFolder::load(const std::string& name) const {
  const fs::path path = path_ / "checkpoints" / name / "state.safetensors";
  weights::TensorFile file = weights::read_tensor_file(path);
  Checkpoint checkpoint{.step = static_cast<std::int64_t>(number_in(file, "genga.step", path)),
                        .rate = number_in(file, "genga.rate", path)};
  checkpoint.rollbacks = file.metadata.contains("genga.rollbacks")
                             ? static_cast<int>(number_in(file, "genga.rollbacks", path))
                             : halvings(checkpoint.rate);
  for (const auto& [key, text] : kTextKeys) {
    if (file.metadata.contains(key)) checkpoint.*text = file.metadata.at(key);
  }
  for (const auto& [key, text] : kBaseKeys) {
    if (!file.metadata.contains(key)) continue;
    if (!checkpoint.base) checkpoint.base.emplace();
    (*checkpoint.base).*text = file.metadata.at(key);
  }
  for (auto& [old_name, tensor] : file.tensors) checkpoint.state[current_tensor(old_name)] = std::move(tensor);
  return checkpoint;
}

Loaded RunFolder::load_latest() const {
  const std::vector<std::byte> bytes = read_file(path_ / "latest", 4096);
  std::string name(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!name.empty() && name.back() == '\n') name.pop_back();
  if (step_of(name) < 0) {
    fail(ErrorCode::kCorruptData, "'{}': is '{}', expected a name such as step_000500", (path_ / "latest").string(),
         name);
  }
  std::vector<std::string> names{name};
  for (const auto& [step, path] : newest_first(path_ / "checkpoints")) {
    if (step < step_of(name)) names.push_back(path.filename().string());
  }
  Loaded loaded;
  for (const std::string& candidate : names) {
    try {
      loaded.checkpoint = load(candidate);
      return loaded;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kOutOfMemory) throw;
      if (error.code() == ErrorCode::kIo) {  // what cannot be opened now may be whole
        fail(ErrorCode::kIo, "{}; try again, or move '{}' away to go on from the checkpoint before it", error.what(),
             (path_ / "checkpoints" / candidate).string());
      }
      if (loaded.damaged.empty()) loaded.reason = error.what();
      loaded.damaged.push_back(candidate);
    }
  }
  fail(ErrorCode::kCorruptData, "{}; {}; start a new run, from a model with --init-from", loaded.reason,
       names.size() == 1 ? "there is no older checkpoint" : fmt::format("nor can the {} before it", names.size() - 1));
}

void RunFolder::set_aside(const std::string& checkpoint) const {
  const fs::path folder = path_ / "checkpoints" / checkpoint;
  std::error_code error;
  for (int n = 1; fs::exists(folder, error); ++n) {
    const fs::path aside = folder.string() + (n == 1 ? std::string(kDamaged) : fmt::format("-{}{}", n, kDamaged));
    if (fs::exists(aside, error)) continue;
    fs::rename(folder, aside, error);
    if (error) fail(ErrorCode::kIo, "'{}': cannot be renamed: {}", folder.string(), error.message());
    return;
  }
}

}  // namespace genga::train
