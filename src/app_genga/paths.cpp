// Paths through links.
#include "app_genga/paths.h"

#include <algorithm>
#include <system_error>

namespace genga::cli {

namespace fs = std::filesystem;

fs::path real_path(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
  if (error) real = path.lexically_normal();  // a name that no file system takes
  return real.has_filename() ? real : real.parent_path();
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return !b.empty() && fs::equivalent(a, b, ignored);
}

bool lies_below(const fs::path& path, const fs::path& folder) {
  if (folder.empty()) return false;
  const fs::path inner = real_path(path), outer = real_path(folder);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

fs::path name_of_folder(const fs::path& folder) {
  return real_path(folder).filename();
}

}  // namespace genga::cli
