// RUN/log.jsonl: one JSON object a line, each with "time" (seconds since 1970), in the order in which things happened.
// A killed run that is resumed repeats steps; observe/run_history.h reads it all back. What "event" says:
//   start       step (done before), photos, held_out, styles, images (image_hash), config (config_hash); a later start
//   is
//               a resume
//   step        step, rate (factor of the learning rates that it used), images_per_second, memory (bytes), phase (if
//   the
//               method has any), then every term by name
//   checkpoint  step
//   rollback    step, term, to (step), rate
//   skipped     path, reason
//   small       path, reason: used, although it is smaller than a crop
//   end         step, seconds (since this start)
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "genga/system.h"

namespace genga::train {

class RunLog {
 public:
  /// Appends, on a line of its own if a kill cut the last one. Throws Error: kIo.
  explicit RunLog(const std::filesystem::path& path);
  /// Adds the time and hands the line to the operating system. Throws Error: kIo (disk full).
  void write(nlohmann::ordered_json line);

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
  bool is_cut_ = false;  // ends within a line
};

/// Tells configs apart (FNV-1a of the TOML text, 16 hex digits); not a safeguard against forgery.
std::string config_hash(std::string_view toml);
/// Memory that this process holds now; 0 if the system does not say.
std::int64_t resident_bytes();

}  // namespace genga::train
