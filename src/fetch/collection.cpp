// Stores fetched images under names that are free, writes their manifest entries, and recognizes images that are there
// already, by address and by content. What could not be fetched goes into the failure log.
#include "fetch/collection.h"

#include <ctime>
#include <utility>

#include "fetch/image_name.h"
#include "genga/base.h"
#include "genga/error.h"
#include "genga/sha256.h"

namespace genga::fetch {
namespace {

namespace fs = std::filesystem;

/// Where images go. Earlier versions called the folder "pictures"; a collection that has it goes on with it.
std::string image_folder(const fs::path& collection) {
  std::error_code ignored;
  const bool old = fs::is_directory(collection / "pictures", ignored) && !fs::exists(collection / "images", ignored);
  return old ? "pictures" : "images";
}

void fill(std::string& field, const std::string& text) {
  if (field.empty()) field = text;
}

}  // namespace

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

Collection::Collection(fs::path folder, Defaults defaults)
    : folder_(std::move(folder)),
      defaults_(std::move(defaults)),
      writer_(folder_),
      failures_(folder_),
      image_folder_(image_folder(folder_)) {
  for (auto& entry : dataset::read_manifest(folder_).entries) remember(std::move(entry));
  std::error_code error;
  const fs::path images = folder_ / image_folder_;
  fs::create_directories(images, error);
  if (error) fail(ErrorCode::kIo, "'{}': cannot make this folder: {}", images.string(), error.message());
  clear_leftovers();
}

/// Removes the files that a killed run was writing. Nobody else writes here: the folder is locked.
void Collection::clear_leftovers() const {
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(folder_ / image_folder_, ignored)) {
    const std::string name = file.path().filename().string();
    if (name.starts_with('.') && name.ends_with(".part")) fs::remove(file.path(), ignored);
  }
}

void Collection::remember(dataset::Entry entry) {
  dataset::Entry& kept = entries_.emplace_back(std::move(entry));
  files_.insert(kept.file);
  if (!kept.sha256.empty()) by_hash_[kept.sha256] = &kept;
  // An image cut out of another one has the same source, but is not what that source gives.
  if (!kept.source.empty() && !kept.origin) by_source_[kept.source] = &kept;
}

const dataset::Entry* Collection::find(const ImageCandidate& candidate) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_source_.find(candidate.url); found != by_source_.end()) return found->second;
  if (!candidate.known) return nullptr;
  const auto found = by_hash_.find(candidate.known->sha256);
  return found == by_hash_.end() ? nullptr : found->second;
}

std::optional<Failure> Collection::failure_of(const std::string& url) const {
  const std::lock_guard lock(mutex_);
  const Failure* found = failures_.find(url);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

void Collection::add_failure(Failure failure) {
  const std::lock_guard lock(mutex_);
  failures_.add(std::move(failure));
}

void Collection::finish() {
  const std::lock_guard lock(mutex_);
  failures_.compact();
}

dataset::Entry Collection::make_entry(const ImageCandidate& candidate, const FetchedImage& image) const {
  dataset::Entry entry = candidate.known.value_or(dataset::Entry{});
  entry.sha256 = image.sha256;
  entry.bytes = static_cast<std::int64_t>(image.bytes.size());
  entry.width = image.width;
  entry.height = image.height;
  fill(entry.source, candidate.url);
  fill(entry.page, candidate.page);
  fill(entry.licence_url, candidate.licence_url);
  fill(entry.licence, candidate.licence);
  fill(entry.licence, candidate.licence_url);
  fill(entry.licence, defaults_.licence);
  if (const auto* known = dataset::find_licence(entry.licence)) {
    entry.licence = known->id;
    fill(entry.licence_url, std::string(known->url));
  }
  fill(entry.author, candidate.author);
  fill(entry.author, defaults_.author);
  fill(entry.attribution, candidate.attribution);
  fill(entry.attribution, defaults_.attribution);
  fill(entry.title, candidate.title);
  if (entry.tags.empty()) entry.tags = candidate.tags;
  entry.etag = image.etag;
  entry.last_modified = image.last_modified;
  entry.fetched = now_utc();
  return entry;
}

/// A name that no other image has. A crash may have left an image without its line in the manifest: if its bytes are
/// equal, its name is taken.
std::string Collection::free_name(const std::string& wish, const FetchedImage& image) const {
  for (int i = 0;; ++i) {
    const std::string tail = i == 0   ? ""
                             : i == 1 ? "-" + image.sha256.substr(0, 8)
                                      : fmt::format("-{}-{}", image.sha256.substr(0, 8), i);
    std::string name = fmt::format("{}/{}{}{}", image_folder_, wish, tail, image.suffix);
    if (files_.contains(name)) continue;
    std::error_code ignored;
    if (!fs::exists(folder_ / name, ignored) || sha256_of_file(folder_ / name) == image.sha256) return name;
  }
}

StoreResult Collection::store(const ImageCandidate& candidate, const FetchedImage& image, const dataset::Entry* before,
                              bool& licensed) {
  const std::lock_guard lock(mutex_);
  const auto known = before == nullptr ? by_source_.end() : by_source_.find(candidate.url);
  dataset::Entry* old = known == by_source_.end() ? nullptr : known->second;
  if (const auto same = by_hash_.find(image.sha256); same != by_hash_.end()) {
    if (same->second == old) {  // the server sent it again although it has not changed
      old->etag = image.etag;
      old->last_modified = image.last_modified;
      writer_.append(*old);
      return StoreResult::kUnchanged;
    }
    failures_.add({.url = candidate.url,
                   .code = "duplicate",
                   .reason = fmt::format("is the same as '{}'", same->second->file),
                   .time = now_utc()});
    return StoreResult::kDuplicate;
  }
  dataset::Entry entry = make_entry(candidate, image);
  licensed = dataset::find_licence(entry.licence) != nullptr;
  entry.file = free_name(image_name(candidate), image);
  dataset::to_line(entry);  // throws now, before anything is written, if the entry cannot be stored
  if (std::error_code ignored; !fs::exists(folder_ / entry.file, ignored)) {
    write_file(folder_ / entry.file, image.bytes);
  }
  writer_.append(entry);
  if (old != nullptr) {
    old->decisions.push_back({.step = "fetch", .check = "replaced", .keep = false, .note = "newer: " + entry.file});
    writer_.append(*old);
  }
  remember(std::move(entry));
  failures_.remove(candidate.url);
  return old == nullptr ? StoreResult::kNew : StoreResult::kReplaced;
}

}  // namespace genga::fetch
