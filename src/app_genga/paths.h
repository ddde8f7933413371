// Where paths lie, seen through links. Paths that are not there yet are taken as they are written.
#pragma once

#include <filesystem>

namespace genga::cli {

/// Absolute, without links, "." and "..".
std::filesystem::path real_path(const std::filesystem::path& path);
/// Two names of one file or folder that exists.
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);
/// Whether path is the folder or lies in it, however deep. False for an empty folder.
bool lies_below(const std::filesystem::path& path, const std::filesystem::path& folder);
/// "runs/a/" -> "a", "." -> the name of the folder that one is in.
std::filesystem::path name_of_folder(const std::filesystem::path& folder);

}  // namespace genga::cli
