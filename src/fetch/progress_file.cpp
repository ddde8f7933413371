// Stores and loads how far a source has been listed. The keys of the JSON object are "source", "cursor" and "had".
#include "fetch/progress_file.h"

#include <nlohmann/json.hpp>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/sha256.h"

namespace genga::fetch {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

}  // namespace

ProgressFile::ProgressFile(const fs::path& folder, const std::string& source, const SourceOptions& options)
    : source_(source) {
  const std::string key = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", source, options.api, options.rating,
                                      options.min_score, options.depth, options.max_pages, options.span_hosts);
  const std::string hash = sha256_of(std::as_bytes(std::span(key))).substr(0, 16);
  path_ = folder / ".genga" / "fetch" / (hash + ".json");
}

ListingProgress ProgressFile::load() const {
  std::error_code ignored;
  if (!fs::exists(path_, ignored)) return {};
  const auto bytes = read_file(path_);
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  try {
    const Json json = Json::parse(text, text + bytes.size());
    return {.cursor = json.at("cursor").get<std::string>(), .n_images = json.at("had").get<std::int64_t>()};
  } catch (const Json::exception&) {
    fail(ErrorCode::kCorruptData, "'{}': expected a JSON object with 'cursor' and 'had'; give --restart to begin anew",
         path_.string());
  }
}

void ProgressFile::save(const ListingProgress& progress) const {
  std::error_code error;
  fs::create_directories(path_.parent_path(), error);
  if (error) fail(ErrorCode::kIo, "'{}': cannot make this folder: {}", path_.parent_path().string(), error.message());
  const Json json{{"source", source_}, {"cursor", progress.cursor}, {"had", progress.n_images}};
  write_file(path_, json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void ProgressFile::remove() const {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

}  // namespace genga::fetch
