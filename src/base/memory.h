// What a control group lets its processes still use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace genga {

/// Bytes left below the memory limit of a cgroup v2 folder; nullopt without a limit. Pages of files that nobody uses
/// (memory.stat's inactive_file) count as free: the kernel drops them before it refuses memory.
std::optional<std::int64_t> cgroup_memory_left(const std::filesystem::path& folder);

}  // namespace genga
