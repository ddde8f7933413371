// Which images there are, and which of them are kept for looking at.
#pragma once

#include <cstdint>
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
  std::int64_t n_dropped = 0;                // images left out because a manifest says so
};

/// Every file below the roots (or root itself, if it is a file) whose suffix is an image's; hidden ones are left out.
/// Throws Error: kNotFound (a root does not exist).
Scan scan_all(std::span<const std::filesystem::path> roots);

/// Of scan_all, what is to be learnt from: images that a manifest (genga/manifest.h) drops are left out and counted.
/// Throws Error: as scan_all and read_manifest; kInvalidArgument (no image in any root, or none kept).
Scan scan_images(std::span<const std::filesystem::path> roots);

}  // namespace genga::data
