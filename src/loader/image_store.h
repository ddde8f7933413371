// Decoded images, kept in memory up to a limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "genga/dataset.h"
#include "genga/image.h"

namespace genga::loader {

struct ImageStoreOptions {
  int max_side_px = 1400;  // larger images are reduced while decoding; long strips as if they were cut into pages
  int crop_px = 0;         // images whose shorter side is below are told by take_small()
  std::int64_t memory_bytes = std::int64_t{2} << 30;  // least recently used images go first
};

/// Threads: all functions may be called from several threads.
class ImageStore {
 public:
  ImageStore(std::vector<std::filesystem::path> files, const ImageStoreOptions& options);

  std::int64_t size() const { return static_cast<std::int64_t>(files_.size()); }
  /// Image `index`, or null if it cannot be read; the reason is then kept for take_skipped().
  /// Cost: a decode, unless the image is in memory.
  std::shared_ptr<const image::Image> get(std::int64_t index);
  /// Why the first of the images that take_skipped() would give cannot be read; empty if it would give none.
  std::string first_problem();
  /// Images found unreadable since the last call.
  std::vector<dataset::Skipped> take_skipped();
  /// Images found too small for a crop since the last call, each once: their crops are enlarged.
  std::vector<dataset::Skipped> take_small();

 private:
  struct Slot {
    std::shared_ptr<const image::Image> image;
    std::list<std::int64_t>::iterator age;  // in ages_, valid while `image` is set
    bool unreadable = false, small = false, checked = false;
  };
  std::shared_ptr<const image::Image> keep(std::int64_t index, image::Image image, bool reduced);
  void note_small(std::int64_t index, const image::Image& image, bool reduced);

  const std::vector<std::filesystem::path> files_;
  const ImageStoreOptions options_;
  std::mutex mutex_;  // guards everything below
  std::vector<Slot> slots_;
  std::list<std::int64_t> ages_;  // most recently used first
  std::int64_t used_bytes_ = 0;
  std::vector<dataset::Skipped> skipped_, small_;
};

}  // namespace genga::loader
