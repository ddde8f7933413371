// Finds image files by suffix below folders. Whether they can be decoded is not looked at.
#include <algorithm>
#include <system_error>

#include "genga/dataset.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::dataset {
namespace fs = std::filesystem;
namespace {

bool is_hidden(const fs::path& path) {
  return path.filename().native().starts_with('.');
}

/// Depth first, in name order; folders that cannot be read are recorded.
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

Scan scan_all(std::span<const fs::path> roots) {
  Scan scan;
  for (const fs::path& root : roots) {
    std::error_code error;
    if (fs::is_directory(root, error)) {
      scan_folder(root, scan);
    } else if (fs::is_regular_file(root, error)) {
      scan.files.push_back(root);
    } else {
      fail(ErrorCode::kNotFound, "'{}': is not a folder or image; give the folder that holds the images",
           root.string());
    }
  }
  return scan;
}

Scan scan_images(std::span<const fs::path> roots) {
  Scan scan = scan_all(roots);
  const std::vector<Entry> entries = entries_of(scan.files);
  std::vector<fs::path> kept;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kept()) kept.push_back(std::move(scan.files[i]));
  }
  scan.n_dropped = static_cast<std::int64_t>(entries.size() - kept.size());
  scan.files = std::move(kept);
  if (!scan.files.empty()) return scan;
  if (scan.n_dropped > 0) {
    fail(ErrorCode::kInvalidArgument,
         "{}: none of the {} images is kept; see genga data stats, and genga data clean --undo", join(roots),
         scan.n_dropped);
  }
  const std::string why = scan.skipped.empty() ? "" : " (" + scan.skipped.front().reason + ")";
  fail(ErrorCode::kInvalidArgument, "{}: holds no images{}; expected files such as .jpg, .png or .webp", join(roots),
       why);
}

}  // namespace genga::dataset
