#include "data/picture_store.h"

#include <algorithm>
#include <utility>

#include "genga/error.h"

namespace genga::data {
namespace {

std::int64_t size_bytes(const image::Image& picture) {
  return static_cast<std::int64_t>(picture.rgb.size());
}

/// Reduces while decoding, but never enlarges: enlarged pixels hold no strokes to learn.
image::Image decode(const std::filesystem::path& path, int max_side_px) {
  const image::Source source{path};
  image::ReadOptions options;
  const image::Info info = image::RowReader(source, options).info();
  if (std::max(info.width, info.height) > max_side_px) options.size.long_side = max_side_px;
  return image::read_image(source, options);
}

}  // namespace

PictureStore::PictureStore(std::vector<std::filesystem::path> files, const PictureStoreOptions& options)
    : files_(std::move(files)), options_(options), slots_(files_.size()) {}

std::shared_ptr<const image::Image> PictureStore::get(std::int64_t index) {
  const auto at = static_cast<std::size_t>(index);
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[at];
    if (slot.unreadable) return nullptr;
    if (slot.picture) {
      ages_.splice(ages_.begin(), ages_, slot.age);
      return slot.picture;
    }
  }
  // Decoded without the lock; should two threads want the same picture at once, the second copy is dropped in keep().
  try {
    return keep(index, decode(files_[at], options_.max_side_px));
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!slots_[at].unreadable) skipped_.push_back({files_[at], error.what()});
    slots_[at].unreadable = true;
    return nullptr;
  }
}

std::shared_ptr<const image::Image> PictureStore::keep(std::int64_t index, image::Image picture) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[static_cast<std::size_t>(index)];
  if (slot.picture) return slot.picture;
  slot.picture = std::make_shared<const image::Image>(std::move(picture));
  ages_.push_front(index);
  slot.age = ages_.begin();
  used_bytes_ += size_bytes(*slot.picture);
  const std::shared_ptr<const image::Image> kept = slot.picture;
  while (used_bytes_ > options_.memory_bytes && ages_.size() > 1) {
    Slot& oldest = slots_[static_cast<std::size_t>(ages_.back())];
    used_bytes_ -= size_bytes(*oldest.picture);
    oldest.picture.reset();
    ages_.pop_back();
  }
  return kept;
}

std::vector<Skipped> PictureStore::take_skipped() {
  const std::lock_guard lock(mutex_);
  return std::exchange(skipped_, {});
}

}  // namespace genga::data
