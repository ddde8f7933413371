#include "data/scan.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "genga/error.h"
#include "genga/image.h"

namespace genga::data {
namespace fs = std::filesystem;
namespace {

bool is_hidden(const fs::path& path) {
  return path.filename().native().starts_with('.');
}

/// Depth first, in name order; folders that refuse are recorded.
void scan_folder(const fs::path& folder, Scan& scan) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) entries.push_back(*it);
  if (error) scan.skipped.push_back({folder, "folder cannot be read: " + error.message()});
  std::sort(entries.begin(), entries.end());
  for (const fs::directory_entry& entry : entries) {
    if (is_hidden(entry.path())) continue;
    if (entry.is_directory(error) && !entry.is_symlink(error)) {
      scan_folder(entry.path(), scan);  // links to folders are not followed: they may form a circle
    } else if (entry.is_regular_file(error) && image::looks_like_image(entry.path())) {
      scan.files.push_back(entry.path());
    }
  }
}

std::string join(std::span<const fs::path> paths) {
  std::string text;
  for (const fs::path& path : paths) text += (text.empty() ? "'" : ", '") + path.string() + "'";
  return text;
}

}  // namespace

Scan scan_pictures(std::span<const fs::path> roots) {
  Scan scan;
  for (const fs::path& root : roots) {
    std::error_code error;
    if (fs::is_directory(root, error)) {
      scan_folder(root, scan);
    } else if (fs::is_regular_file(root, error)) {
      scan.files.push_back(root);
    } else {
      fail(ErrorCode::kNotFound, "'{}': is not a folder or picture; give the folder that holds the pictures",
           root.string());
    }
  }
  if (scan.files.empty()) {
    const std::string why = scan.skipped.empty() ? "" : " (" + scan.skipped.front().reason + ")";
    fail(ErrorCode::kInvalidArgument, "{}: holds no pictures{}; expected files such as .jpg, .png or .webp",
         join(roots), why);
  }
  return scan;
}

Split split_held_out(std::span<const fs::path> files) {
  std::map<fs::path, int> n_seen;
  Split split;
  for (const fs::path& file : files) {
    const bool held = n_seen[file.parent_path()]++ % 10 == 9;
    (held ? split.held_out : split.training).push_back(file);
  }
  return split;
}

}  // namespace genga::data
