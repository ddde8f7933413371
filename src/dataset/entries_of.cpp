// Which manifest knows a file: the nearest one at or above it.
#include <map>
#include <unordered_map>

#include "genga/dataset.h"

namespace genga::dataset {
namespace fs = std::filesystem;
namespace {

class Manifests {
 public:
  /// Null if no manifest knows the file.
  const Entry* find(const fs::path& file) {
    const fs::path absolute = fs::absolute(file).lexically_normal();
    const Known* known = nearest(absolute.parent_path());
    if (known == nullptr) return nullptr;
    const auto found = known->index.find(absolute.lexically_relative(known->manifest.folder).generic_string());
    return found == known->index.end() ? nullptr : &known->manifest.entries[found->second];
  }

 private:
  struct Known {
    Manifest manifest{};
    std::unordered_map<std::string, std::size_t> index{};
  };

  const Known* nearest(const fs::path& folder) {
    if (const auto known = by_folder_.find(folder); known != by_folder_.end()) return known->second.get();
    std::shared_ptr<Known> known;
    if (has_manifest(folder)) {
      known = std::make_shared<Known>(Known{.manifest = read_manifest(folder), .index = {}});
      for (std::size_t i = 0; i < known->manifest.entries.size(); ++i)
        known->index[known->manifest.entries[i].file] = i;
    } else if (folder.has_relative_path()) {
      nearest(folder.parent_path());
      known = by_folder_[folder.parent_path()];
    }
    return (by_folder_[folder] = std::move(known)).get();
  }

  std::map<fs::path, std::shared_ptr<Known>> by_folder_;
};

}  // namespace

std::vector<Entry> entries_of(std::span<const fs::path> files) {
  Manifests manifests;
  std::vector<Entry> entries;
  for (const fs::path& file : files) {
    const Entry* known = manifests.find(file);
    entries.push_back(known == nullptr ? Entry{} : *known);
    entries.back().file = file.string();
  }
  return entries;
}

Split split_held_out(std::span<const fs::path> files) {
  const std::vector<Entry> entries = entries_of(files);
  std::map<fs::path, int> n_seen;
  Split split;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& said = entries[i].split;
    const bool held = said.empty() ? n_seen[files[i].parent_path()]++ % 10 == 9 : said == "held_out";
    (held ? split.held_out : split.training).push_back(files[i]);
  }
  return split;
}

}  // namespace genga::dataset
