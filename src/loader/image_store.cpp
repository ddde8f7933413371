// Decodes images on demand and keeps the most recently used ones.
#include "loader/image_store.h"

#include <algorithm>
#include <utility>

#include "genga/error.h"

namespace genga::loader {
namespace {

std::int64_t size_bytes(const image::Image& image) {
  return static_cast<std::int64_t>(image.rgb.size());
}

/// Reduces while decoding, but never enlarges: enlarged pixels hold no strokes to learn.
image::Image decode(const std::filesystem::path& path, int max_side_px) {
  const image::EncodedImage source{path};
  image::ReadOptions options;
  const image::Info info = image::RowReader(source, options).info();
  if (std::max(info.width, info.height) > max_side_px) options.size.long_side = max_side_px;
  return image::read_image(source, options);
}

}  // namespace

ImageStore::ImageStore(std::vector<std::filesystem::path> files, const ImageStoreOptions& options)
    : files_(std::move(files)), options_(options), slots_(files_.size()) {}

std::shared_ptr<const image::Image> ImageStore::get(std::int64_t index) {
  const auto at = static_cast<std::size_t>(index);
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[at];
    if (slot.unreadable) return nullptr;
    if (slot.image) {
      ages_.splice(ages_.begin(), ages_, slot.age);
      return slot.image;
    }
  }
  // Decoded without the lock; should two threads want the same image at once, the second copy is dropped in keep().
  try {
    return keep(index, decode(files_[at], options_.max_side_px));
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!slots_[at].unreadable) skipped_.push_back({files_[at], error.what()});
    slots_[at].unreadable = true;
    return nullptr;
  }
}

std::shared_ptr<const image::Image> ImageStore::keep(std::int64_t index, image::Image image) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[static_cast<std::size_t>(index)];
  if (slot.image) return slot.image;
  slot.image = std::make_shared<const image::Image>(std::move(image));
  ages_.push_front(index);
  slot.age = ages_.begin();
  used_bytes_ += size_bytes(*slot.image);
  const std::shared_ptr<const image::Image> kept = slot.image;
  while (used_bytes_ > options_.memory_bytes && ages_.size() > 1) {
    Slot& oldest = slots_[static_cast<std::size_t>(ages_.back())];
    used_bytes_ -= size_bytes(*oldest.image);
    oldest.image.reset();
    ages_.pop_back();
  }
  return kept;
}

std::vector<dataset::Skipped> ImageStore::take_skipped() {
  const std::lock_guard lock(mutex_);
  return std::exchange(skipped_, {});
}

}  // namespace genga::loader
