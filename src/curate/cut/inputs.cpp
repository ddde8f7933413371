// Lists input files: folders, collections and single files, each with the entry of the collection it lies in.
#include "curate/cut/inputs.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "genga/sha256.h"
#include "genga/text.h"

namespace genga::curate {
namespace fs = std::filesystem;
namespace {

bool is_hidden(const fs::path& path) {
  return path.filename().native().starts_with('.');
}

/// Whether `path` is `folder` or lies in it.
bool lies_in(const fs::path& path, const fs::path& folder) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(folder, error);
  if (error) return false;
  const fs::path below = fs::weakly_canonical(path, error).lexically_relative(canonical);
  return !error && !below.empty() && *below.begin() != "..";
}

class InputLister {
 public:
  InputLister(const fs::path& skip, const std::function<bool(const fs::path&)>& wanted)
      : skip_(skip), wanted_(wanted) {}

  void add(const fs::path& input, const char* what) {
    std::error_code error;
    if (fs::is_directory(input, error)) {
      if (fs::exists(skip_, error) && fs::equivalent(input, skip_, error)) {
        fail(ErrorCode::kInvalidArgument, "'{}' is to be read and written at once; give -o another folder",
             input.string());
      }
      if (dataset::has_manifest(input)) {
        for (const dataset::Entry& entry : manifest_of(input)->entries) {
          if (wanted_(entry.file)) add_entry(input, entry);
        }
      } else {
        add_folder(input, input);
      }
    } else if (fs::is_regular_file(input, error)) {
      add_file(input, input.filename());
    } else {
      fail(ErrorCode::kNotFound, "'{}' is not there; give {}, or a folder of them", input.string(), what);
    }
  }

  CutInputs take() { return std::move(list_); }

 private:
  /// Null if the folder has none; read once.
  const dataset::Manifest* manifest_of(const fs::path& folder) {
    const auto [it, is_new] = manifests_.try_emplace(folder);
    if (is_new && dataset::has_manifest(folder)) {
      it->second = dataset::read_manifest(folder);
      for (const dataset::Entry& entry : it->second->entries) entries_[folder][entry.file] = &entry;
    }
    return it->second ? &*it->second : nullptr;
  }

  /// The entry of a file in the collection it lies in, if there is one.
  const dataset::Entry* entry_of(const fs::path& file) {
    std::error_code error;
    const fs::path absolute = fs::weakly_canonical(file, error);
    for (fs::path folder = absolute.parent_path(); !error && folder.has_relative_path();
         folder = folder.parent_path()) {
      if (manifest_of(folder) == nullptr) continue;
      const auto& known = entries_[folder];
      const auto it = known.find(absolute.lexically_relative(folder).generic_string());
      return it == known.end() ? nullptr : it->second;
    }
    return nullptr;
  }

  void add_folder(const fs::path& root, const fs::path& folder) {
    if (lies_in(folder, skip_)) return;
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      entries.push_back(*it);
    }
    if (error) {
      list_.problems.push_back({folder.string(), Error(ErrorCode::kIo, fmt::format("folder '{}' cannot be read: {}",
                                                                                   folder.string(), error.message()))});
    }
    std::sort(entries.begin(), entries.end());
    for (const fs::directory_entry& entry : entries) {
      if (is_hidden(entry.path())) continue;
      if (entry.is_directory(error) && !entry.is_symlink(error)) {
        add_folder(root, entry.path());  // links to folders are not followed: they may form a circle
      } else if (entry.is_regular_file(error) && wanted_(entry.path())) {
        add_file(entry.path(), entry.path().lexically_relative(root));
      }
    }
  }

  void add_file(const fs::path& path, const fs::path& relative) {
    const dataset::Entry* known = entry_of(path);
    if (known != nullptr && !known->kept()) {
      ++list_.not_kept;
      return;
    }
    dataset::Entry entry;
    if (known != nullptr) entry = *known;
    if (entry.source.empty()) entry.source = path.string();
    push(path, relative, std::move(entry));
  }

  void add_entry(const fs::path& folder, dataset::Entry entry) {
    if (!entry.kept()) {
      ++list_.not_kept;
      return;
    }
    const fs::path relative = entry.file;
    push(folder / relative, relative, std::move(entry));
  }

  void push(const fs::path& path, const fs::path& relative, dataset::Entry entry) {
    if (!paths_.insert(path.lexically_normal()).second) return;
    if (!is_utf8(path.native())) {  // a manifest, which is UTF-8, could not name it
      list_.problems.push_back(
          {path.string(),
           Error(ErrorCode::kInvalidArgument, fmt::format("'{}': its path is not UTF-8; rename it", path.string()))});
      return;
    }
    fs::path stem = relative;
    stem.replace_extension();
    std::string name = stem.generic_string();
    for (int i = 2; !names_.insert(name).second; ++i) name = fmt::format("{}-{}", stem.generic_string(), i);
    list_.files.push_back({path, std::move(entry), std::move(name)});
  }

  const fs::path& skip_;
  const std::function<bool(const fs::path&)>& wanted_;
  CutInputs list_;
  std::map<fs::path, std::optional<dataset::Manifest>> manifests_;
  std::map<fs::path, std::map<std::string, const dataset::Entry*>> entries_;
  std::set<fs::path> paths_;
  std::set<std::string> names_;
};

}  // namespace

CutInputs list_inputs(const Paths& inputs, const fs::path& skip, const std::function<bool(const fs::path&)>& wanted,
                      const char* what) {
  InputLister lister(skip, wanted);
  for (const fs::path& input : inputs) lister.add(input, what);
  CutInputs list = lister.take();
  if (!list.files.empty()) return list;
  if (list.not_kept > 0) {
    fail(ErrorCode::kInvalidArgument, "none of the {} files is kept; genga data stats says why", list.not_kept);
  }
  if (!list.problems.empty()) throw list.problems.front().error;
  fail(ErrorCode::kInvalidArgument, "'{}' holds nothing to take; expected {}", inputs.front().string(), what);
}

std::string sha256_of_input(const CutInput& source) {
  std::error_code error;
  const auto bytes = fs::file_size(source.path, error);
  if (!error && !source.entry.sha256.empty() && static_cast<std::int64_t>(bytes) == source.entry.bytes) {
    return source.entry.sha256;
  }
  return sha256_of_file(source.path);
}

}  // namespace genga::curate
