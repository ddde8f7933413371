// Compares a folder with its manifest and describes new and changed images.
#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_map>

#include "genga/dataset.h"
#include "genga/error.h"
#include "genga/sha256.h"
#include "genga/thread_pool.h"

namespace genga::dataset {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kStep = "manifest", kUnreadable = "unreadable";

struct Found {
  fs::path path{};
  std::optional<std::size_t> entry{};  // where the manifest has it
  std::optional<Entry> fresh{};        // described anew
  std::string error{};
};

bool is_unreadable(const Decision& decision) {
  return decision.step == kStep && decision.check == kUnreadable;
}

/// Provenance stays; measures of the former bytes do not.
void renew(Entry& entry, const Entry& fresh) {
  std::erase_if(entry.decisions, is_unreadable);
  if (entry.sha256 != fresh.sha256) entry.measures.clear();
  entry.sha256 = fresh.sha256;
  entry.bytes = fresh.bytes;
  entry.width = fresh.width;
  entry.height = fresh.height;
}

void describe(const Manifest& manifest, const SurveyOptions& options, Found& found) {
  try {
    if (found.entry) {
      const Entry& known = manifest.entries[*found.entry];
      const bool same_length = known.bytes == static_cast<std::int64_t>(fs::file_size(found.path));
      const bool was_read = std::none_of(known.decisions.begin(), known.decisions.end(), is_unreadable);
      if (!known.sha256.empty() && was_read && same_length &&
          (!options.verify || sha256_of_file(found.path) == known.sha256))
        return;
    }
    found.fresh = describe_file(manifest.folder, found.path);
  } catch (const Error& error) {
    found.error = error.what();
  } catch (const fs::filesystem_error& error) {
    found.error = error.what();
  }
}

void describe_all(const Manifest& manifest, const SurveyOptions& options, std::vector<Found>& files,
                  const CancelToken& cancel, const Progress& progress) {
  std::mutex mutex;  // guards done
  std::int64_t done = 0;
  ThreadPool pool(options.threads > 0 ? options.threads : available_cores());
  TaskGroup tasks(pool);
  for (Found& found : files) {
    tasks.add([&] {
      cancel.check();
      describe(manifest, options, found);
      const std::lock_guard lock(mutex);
      if (progress) progress(++done, static_cast<std::int64_t>(files.size()));
    });
  }
  tasks.wait();
}

bool can_be_stored(const std::string& file) {
  try {
    Entry entry;
    entry.file = file;
    to_line(entry);
    return true;
  } catch (const Error&) {
    return false;  // not UTF-8
  }
}

void take_over(Found& found, Manifest& manifest, Survey& survey) {
  const std::string file = found.path.lexically_relative(manifest.folder).generic_string();
  if (found.fresh && found.entry) {
    if (manifest.entries[*found.entry].sha256 != found.fresh->sha256) survey.changed.push_back(file);
    renew(manifest.entries[*found.entry], *found.fresh);
  } else if (found.fresh) {
    survey.added.push_back(file);
    manifest.entries.push_back(std::move(*found.fresh));
  } else if (!found.error.empty()) {
    survey.unreadable.emplace_back(file, found.error);
    if (!found.entry && !can_be_stored(file)) return;
    if (!found.entry) {
      manifest.entries.emplace_back().file = file;
      found.entry = manifest.entries.size() - 1;
    }
    auto& decisions = manifest.entries[*found.entry].decisions;
    std::erase_if(decisions, is_unreadable);
    decisions.push_back(
        {.step = std::string(kStep), .check = std::string(kUnreadable), .keep = false, .note = found.error});
  }
}

/// Whether the file lies in a collection of its own within this one, whose manifest speaks for it.
class Nested {
 public:
  explicit Nested(const fs::path& folder) : top_(folder) {}
  bool contains(const fs::path& file) {
    fs::path at = top_;
    for (const fs::path& part : file.lexically_relative(top_).parent_path()) {
      at /= part;
      const auto [known, is_new] = by_folder_.try_emplace(at, false);
      if (is_new) known->second = has_manifest(at);
      if (known->second) return true;
    }
    return false;
  }

 private:
  const fs::path top_;
  std::map<fs::path, bool> by_folder_;
};

void require_readable(const Scan& scan, const fs::path& folder) {
  for (const auto& [path, reason] : scan.skipped) {
    if (path == folder) fail(ErrorCode::kIo, "'{}': {}", folder.string(), reason);
  }
}

/// Images in folders that cannot be read are not reported as missing.
bool lies_in_skipped(const Scan& scan, const fs::path& path) {
  return std::any_of(scan.skipped.begin(), scan.skipped.end(), [&](const auto& skipped) {
    const fs::path below = path.lexically_relative(skipped.path);
    return !below.empty() && *below.begin() != "..";
  });
}

}  // namespace

Survey survey_folder(Manifest& manifest, const SurveyOptions& options, const CancelToken& cancel,
                     const Progress& progress) {
  std::unordered_map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < manifest.entries.size(); ++i) index[manifest.entries[i].file] = i;

  std::vector<Found> files;
  std::vector<bool> seen(manifest.entries.size(), false);
  const fs::path roots[] = {manifest.folder};
  const Scan scan = scan_all(roots);
  require_readable(scan, manifest.folder);
  Nested nested(manifest.folder);
  for (const fs::path& path : scan.files) {
    const auto known = index.find(path.lexically_relative(manifest.folder).generic_string());
    if (known == index.end() && nested.contains(path)) continue;
    Found& found = files.emplace_back(Found{.path = path});
    if (known == index.end()) continue;
    found.entry = known->second;
    seen[known->second] = true;
  }
  describe_all(manifest, options, files, cancel, progress);

  Survey survey;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const std::string& file = manifest.entries[i].file;
    if (!seen[i] && !lies_in_skipped(scan, manifest.folder / file)) survey.missing.push_back(file);
  }
  for (Found& found : files) take_over(found, manifest, survey);
  for (const auto& [path, reason] : scan.skipped) {
    survey.unreadable.emplace_back(path.lexically_relative(manifest.folder).generic_string(),
                                   fmt::format("'{}': {}", path.string(), reason));
  }
  return survey;
}

}  // namespace genga::dataset
