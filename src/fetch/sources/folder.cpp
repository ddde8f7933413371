// Lists the images of a folder, with what its manifests or the sidecars beside the images say of them.
#include "fetch/sources/folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "fetch/sources/api.h"
#include "fetch/sources/shards.h"
#include "fetch/sources/sidecar.h"
#include "genga/dataset.h"
#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kPageSize = 256;
constexpr std::int64_t kLargestSidecar = 4 << 20;

struct FolderImage {
  fs::path file{};
  std::string name{};
  dataset::Entry entry{};  // of its manifest; without a hash if none knows it
};

/// "sea/waves.jpg" -> "sea_waves"; distinct for distinct files.
std::string name_of(const fs::path& relative, std::set<std::string>& taken) {
  std::string name = (relative.parent_path() / relative.stem()).generic_string();
  std::ranges::replace(name, '/', '_');
  std::string distinct = name;
  for (int i = 2; !taken.insert(distinct).second; ++i) distinct = fmt::format("{}_{}", name, i);
  return distinct;
}

/// The first of the names that exists: "a.jpg.json" (gallery-dl), then "a.json" (img2dataset).
fs::path sidecar_of(const fs::path& image, const char* suffix) {
  fs::path longer = image, shorter = image;
  longer += suffix;
  shorter.replace_extension(suffix);
  std::error_code ignored;
  return fs::is_regular_file(longer, ignored) ? longer : fs::is_regular_file(shorter, ignored) ? shorter : fs::path{};
}

std::string read_text(const fs::path& path) {
  const auto bytes = read_file(path, kLargestSidecar);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void add_sidecars(const fs::path& image, ImageCandidate& candidate, Listing& listing) {
  const auto read = [&](const fs::path& path, auto use) {
    if (path.empty()) return;
    try {
      use(read_text(path));
    } catch (const Error& error) {
      listing.passed_over.push_back({path.string(), error.what()});
    }
  };
  read(sidecar_of(image, ".json"), [&](const auto& text) {
    const auto json = parse_foreign(text);
    if (!json.is_object()) fail(ErrorCode::kCorruptData, "is no JSON object; the image is taken without what it says");
    add_sidecar(json, candidate);
  });
  read(sidecar_of(image, ".txt"), [&](const auto& text) { add_caption(text, candidate); });
}

class FolderSource : public ImageSource {
 public:
  explicit FolderSource(fs::path root) : root_(std::move(root)) { find_images(); }

  Listing list(const std::string& cursor, const CancelToken& cancel) override {
    Listing listing;
    auto at = images_.begin();
    if (cursor.empty()) {
      listing.passed_over = refused_;
    } else {
      at = std::ranges::upper_bound(images_, root_ / cursor, {}, &FolderImage::file);
    }
    const auto end = at + static_cast<std::ptrdiff_t>(std::min<std::size_t>(kPageSize, images_.end() - at));
    for (auto it = at; it != end; ++it) {
      cancel.check();
      listing.candidates.push_back(candidate_of(*it, listing));
    }
    if (end != images_.end()) listing.next = std::prev(end)->file.lexically_relative(root_).generic_string();
    return listing;
  }

 private:
  void find_images() {
    dataset::Scan scan = dataset::scan_all(std::span(&root_, 1));
    for (const auto& [path, reason] : scan.skipped) refused_.push_back({path.string(), reason, true});
    std::ranges::sort(scan.files);
    std::vector<dataset::Entry> entries = dataset::entries_of(scan.files);  // once: each call reads the manifests
    std::set<std::string> taken;
    for (std::size_t i = 0; i < scan.files.size(); ++i) {
      fs::path& file = scan.files[i];
      if (!is_utf8(file.native())) {
        refused_.push_back({to_utf8(file.native()), "has a name that is no UTF-8; rename it"});
        continue;
      }
      std::string name = name_of(file.lexically_relative(root_), taken);
      images_.push_back({std::move(file), std::move(name), std::move(entries[i])});
    }
    find_missing();
    if (images_.empty() && refused_.empty()) fail(ErrorCode::kInvalidArgument, "{}", why_nothing());
  }

  /// Files that the manifest speaks of, but that are gone.
  void find_missing() {
    for (const dataset::Entry& entry : dataset::read_manifest_if_any(root_).entries) {
      std::error_code ignored;
      if (fs::exists(root_ / entry.file, ignored)) continue;
      refused_.push_back({(root_ / entry.file).string(), "is named by the manifest, but is not there"});
    }
  }

  std::string why_nothing() const {
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(root_, ignored)) {
      if (!is_shards(file.path().string())) continue;
      return fmt::format("folder '{}': holds no images, but archives; give them as '{}'", root_.string(),
                         (root_ / ("*" + file.path().extension().string())).string());
    }
    return fmt::format("folder '{}': holds no images; expected files such as .jpg, .png or .webp", root_.string());
  }

  static ImageCandidate candidate_of(const FolderImage& image, Listing& listing) {
    const dataset::Entry& entry = image.entry;
    ImageCandidate candidate{.url = image.file.string(), .name = image.name};
    if (entry.sha256.empty()) {
      add_sidecars(image.file, candidate, listing);
      return candidate;
    }
    candidate.page = entry.page;
    candidate.licence = entry.licence;
    candidate.licence_url = entry.licence_url;
    candidate.author = entry.author;
    candidate.attribution = entry.attribution;
    candidate.title = entry.title;
    candidate.tags = entry.tags;
    candidate.width = entry.width;
    candidate.height = entry.height;
    candidate.known = entry;
    return candidate;
  }

  fs::path root_;
  std::vector<FolderImage> images_{};  // by path
  std::vector<PassedOver> refused_{};
};

}  // namespace

bool is_folder(const std::string& argument) {
  std::error_code ignored;
  return fs::is_directory(argument, ignored);
}

std::unique_ptr<ImageSource> open_folder(const std::string& argument, const SourceContext&) {
  fs::path root = fs::absolute(argument).lexically_normal();
  if (!root.has_filename() && root != root.root_path()) root = root.parent_path();  // "library/" and "library"
  return std::make_unique<FolderSource>(std::move(root));
}

}  // namespace genga::fetch
