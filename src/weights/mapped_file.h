// A file's bytes without reading them: mapped read-only and private.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace genga::weights {

struct MappedFile {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;  // unmaps
};

/// Throws Error: kNotFound; kIo (no permission, a folder, not a regular file), naming the path.
MappedFile map_file(const std::filesystem::path& path);

}  // namespace genga::weights
