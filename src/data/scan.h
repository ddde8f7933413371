// Which pictures there are, and which of them are kept for looking at.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace genga::data {

struct Skipped {
  std::filesystem::path path;
  std::string reason;
};

struct Scan {
  std::vector<std::filesystem::path> files;  // sorted within each root, roots in the order given
  std::vector<Skipped> skipped;              // folders that could not be entered
};

/// Every file below the roots (or root itself, if it is a file) whose suffix is a picture's; hidden ones are left out.
/// Throws Error: kNotFound (a root does not exist), kInvalidArgument (no picture in any root).
Scan scan_pictures(std::span<const std::filesystem::path> roots);

struct Split {
  std::vector<std::filesystem::path> training, held_out;
};

/// Every tenth file of each folder is held out, so that every folder is represented and adding one changes no other.
Split split_held_out(std::span<const std::filesystem::path> files);

}  // namespace genga::data
