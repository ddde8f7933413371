// Videos, raw photographs, subfolders and links to folders that stylize does not take.
#include "app_genga/passed_over.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "genga/text.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;
using Suffixes = std::span<const std::string_view>;

constexpr std::array<std::string_view, 16> kVideos{".mp4", ".m4v",  ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg",
                                                   ".wmv", ".m2ts", ".mts", ".flv", ".3gp",  ".ogv", ".ts",  ".vob"};
constexpr std::array<std::string_view, 18> kRaws{".dng", ".nef", ".nrw", ".cr2", ".cr3", ".crw",
                                                 ".arw", ".sr2", ".raf", ".orf", ".rw2", ".pef",
                                                 ".srw", ".x3f", ".3fr", ".iiq", ".kdc", ".dcr"};

bool has_suffix(const fs::path& path, Suffixes suffixes) {
  return std::ranges::find(suffixes, std::string_view(to_lower(path.extension().string()))) != suffixes.end();
}

struct Words {
  std::string_view one, many, cure;
};

constexpr std::array<Words, PassedOver::kCount> kWords{{
    {"video", "videos", "passed over; genga video stylises a video, genga data frames makes images of it"},
    {"raw photograph", "raw photographs", "passed over; export JPEG or TIFF from a raw converter first"},
    {"subfolder", "subfolders", "not looked into; add --recursive for the images below"},
    {"linked folder", "linked folders", "not followed; give the folder itself as input"},
}};

}  // namespace

bool is_video(const fs::path& path) {
  return has_suffix(path, kVideos);
}

void PassedOver::add(Kind kind, const fs::path& path) {
  Row& row = rows_.at(kind);
  if (row.count++ == 0) row.first = path;
}

void PassedOver::add_file(const fs::path& path) {
  if (is_video(path)) add(kVideo, path);
  if (has_suffix(path, kRaws)) add(kRaw, path);
}

std::vector<std::string> PassedOver::notes() const {
  std::vector<std::string> notes;
  for (std::size_t kind = 0; kind < rows_.size(); ++kind) {
    const auto& [count, first] = rows_.at(kind);
    const Words& words = kWords.at(kind);
    if (count == 0) continue;
    notes.push_back(count == 1
                        ? fmt::format("{} '{}' is {}", words.one, first.string(), words.cure)
                        : fmt::format("{} {} ('{}', ...) are {}", count, words.many, first.string(), words.cure));
  }
  return notes;
}

}  // namespace genga::cli
