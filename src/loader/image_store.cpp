// Decodes images on demand and keeps the most recently used ones.
#include "loader/image_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "genga/error.h"

namespace genga::loader {
namespace {

std::int64_t size_bytes(const image::Image& image) {
  return static_cast<std::int64_t>(image.rgb.size());
}

constexpr double kPageAspect = 2;        // longer images count as strips of pages so high
constexpr double kMaxStripFraction = 4;  // a strip takes at most one part in so many of the memory

/// The longer side in memory. What is learnt from a long strip must have strokes as large as on a page: the strip is
/// reduced as its pages would be, one by one.
int long_side(const image::Info& info, const ImageStoreOptions& options) {
  const double longer = std::max(info.width, info.height), shorter = std::min(info.width, info.height);
  const double max_pixels = static_cast<double>(options.memory_bytes) / 3 / kMaxStripFraction;
  const double as_page = options.max_side_px / longer;
  const double as_strip =
      std::min(options.max_side_px / kPageAspect / shorter, std::sqrt(max_pixels / longer / shorter));
  const double scale = std::min(std::max(as_page, as_strip), 1.0);
  return static_cast<int>(std::lround(longer * scale));
}

/// The options to read an image with: reduced while decoding, but never enlarged, since enlarged pixels hold no strokes
/// to learn.
image::ReadOptions reduced(const image::EncodedImage& source, const ImageStoreOptions& options) {
  image::ReadOptions reading;
  const image::Info info = image::RowReader(source, reading).info();
  const int side = long_side(info, options);
  if (std::max(info.width, info.height) > side) reading.size.long_side = side;
  return reading;
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
    const image::EncodedImage source{files_[at]};
    image::ReadOptions reading = reduced(source, options_);
    {
      const std::lock_guard lock(mutex_);
      reading.check_damage = !std::exchange(slots_[at].checked, true);
    }
    return keep(index, image::read_image(source, reading), reading.size.wanted());
  } catch (const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!slots_[at].unreadable) skipped_.push_back({files_[at], error.what()});
    slots_[at].unreadable = true;
    return nullptr;
  }
}

std::shared_ptr<const image::Image> ImageStore::keep(std::int64_t index, image::Image image, bool reduced) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[static_cast<std::size_t>(index)];
  if (slot.image) return slot.image;
  note_small(index, image, reduced);
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

/// Requires: mutex_ is held.
void ImageStore::note_small(std::int64_t index, const image::Image& image, bool reduced) {
  Slot& slot = slots_[static_cast<std::size_t>(index)];
  if (slot.small || std::min(image.width, image.height) >= options_.crop_px) return;
  slot.small = true;
  small_.push_back(
      {files_[static_cast<std::size_t>(index)],
       fmt::format("is {} x {} px{}, below the {} px of a crop, so its crops are enlarged and hold no fine "
                   "strokes; lower crop, or leave it out",
                   image.width, image.height, reduced ? fmt::format(" after max_side {}", options_.max_side_px) : "",
                   options_.crop_px)});
}

std::string ImageStore::first_problem() {
  const std::lock_guard lock(mutex_);
  return skipped_.empty() ? "" : skipped_.front().reason;
}

std::vector<dataset::Skipped> ImageStore::take_skipped() {
  const std::lock_guard lock(mutex_);
  return std::exchange(skipped_, {});
}

std::vector<dataset::Skipped> ImageStore::take_small() {
  const std::lock_guard lock(mutex_);
  return std::exchange(small_, {});
}

}  // namespace genga::loader
