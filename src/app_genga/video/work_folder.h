// The folder beside an output in which finished parts wait: what they were made of and how is written there, so that
// another run, or another machine, goes on with the same only.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "cli/json_output.h"
#include "genga/transcode.h"

namespace genga::cli {

class WorkFolder {
 public:
  /// output: whose folder it is.
  explicit WorkFolder(const std::filesystem::path& output);
  const std::filesystem::path& path() const { return path_; }
  bool exists() const;
  /// Of part i.
  std::filesystem::path part(std::size_t i) const;

  /// Makes the folder for these settings, or checks that it is for them. Throws Error: kInvalidArgument, naming the
  /// setting that differs; kIo.
  void open(const Json& settings) const;
  /// Removes the folder and the parts in it.
  void remove() const;

 private:
  std::filesystem::path path_;
};

/// What tells a video from others, whatever it is called and wherever it lies. Throws Error: kIo, kNotFound.
Json fingerprint(const std::filesystem::path& video);

}  // namespace genga::cli
