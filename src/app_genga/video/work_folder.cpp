// The work folder's settings file.
#include "app_genga/video/work_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/sha256.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSchema = "genga.video_work.1";
constexpr const char* kSettings = "settings.json";
constexpr std::int64_t kEnds = std::int64_t{1} << 20;  // bytes of a file's beginning and end that are compared

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Throws Error: kInvalidArgument.
void compare(const fs::path& folder, const Json& found, const Json& wanted) {
  for (const auto& [key, value] : wanted.items()) {
    const Json other = found.contains(key) ? found.at(key) : Json();
    if (other == value) continue;
    fail(ErrorCode::kInvalidArgument,
         "'{}' holds parts made with {} '{}', now it is '{}'; give the same command, or --overwrite to begin again",
         folder.string(), key, text_of(other), text_of(value));
  }
}

}  // namespace

WorkFolder::WorkFolder(const fs::path& output) : path_(output.string() + ".genga-work") {}

bool WorkFolder::exists() const {
  std::error_code ignored;
  return fs::exists(path_, ignored);
}

fs::path WorkFolder::part(std::size_t i) const {
  return path_ / fmt::format("{:06}.part", i);
}

void WorkFolder::open(const Json& settings) const {
  std::error_code error;
  fs::create_directories(path_, error);
  if (error) fail(ErrorCode::kIo, "cannot create folder '{}': {}", path_.string(), error.message());
  const fs::path file = path_ / kSettings;
  Json wanted{{"schema", kSchema}};
  wanted.update(settings);
  if (!fs::exists(file, error)) return write_file(file, wanted.dump(2) + "\n");
  const std::vector<std::byte> bytes = read_file(file, kEnds * 64);
  const Json found = Json::parse(reinterpret_cast<const char*>(bytes.data()),
                                 reinterpret_cast<const char*>(bytes.data()) + bytes.size(), nullptr, false);
  if (!found.is_object()) {
    fail(ErrorCode::kCorruptData, "'{}' is damaged; give --overwrite to begin again", file.string());
  }
  compare(path_, found, wanted);
}

void WorkFolder::remove() const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path_, ignored)) {
    const std::string name = entry.path().filename().string();
    const bool ours = name == kSettings || name.ends_with(".part");  // also .genga-*.part of a killed run
    if (ours) fs::remove(entry.path(), ignored);
  }
  fs::remove(path_, ignored);  // stays if something else is in it
}

Json fingerprint(const fs::path& video) {
  std::error_code error;
  const auto bytes = static_cast<std::int64_t>(fs::file_size(video, error));
  std::ifstream file(video, std::ios::binary);
  if (error || !file) fail(ErrorCode::kIo, "video '{}' cannot be read", video.string());
  Sha256 hash;
  std::string piece(static_cast<std::size_t>(std::min(bytes, kEnds)), '\0');
  for (const std::int64_t from : {std::int64_t{0}, std::max<std::int64_t>(0, bytes - kEnds)}) {
    file.seekg(from);
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    hash.add(piece);
  }
  return {{"input_bytes", bytes}, {"input_sha256_of_ends", hash.hex()}};
}

}  // namespace genga::cli
