// Training batches: photos beside style images, cropped at random scales, made ahead on worker threads.
//
// Usual calls:  ImageStore photos(split.training, {}), styles(...);  Loader loader(photos, styles, options);
//               Batch b = loader.next();
// Batch k is a pure function of (files, options.seed, k), whatever the number of threads: a run resumes by first_batch
// = k. Does not: know tensors (floats only), write anything.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "loader/image_store.h"

namespace genga::loader {

/// Crops are cut at `low`..`high` times the network's crop size and reduced to it: the knob for stroke width.
struct ScaleRange {
  double low = 1, high = 1;
};

struct LoaderOptions {
  int batch = 4;
  int crop_px = 128;
  int photo_margin_px = 0;  // more pixels of the photo on every side, for filters that look around
  ScaleRange photo_scale{1.3, 3.4};
  ScaleRange style_scale{1.0, 2.2};
  double min_style_contrast = 10;  // style crops of lower standard deviation (0..255) are drawn again, a few times
  int style_choice = 1;  // crops drawn for each photo crop; the most similar is taken, even one without contrast
  /// What a batch holds. with_style_smooth asks for with_style.
  bool with_photo = true, with_style = true, with_style_smooth = true, with_photo_segments = false;
  double smooth_salt = 0;  // fraction of white specks in style_smooth
  std::uint64_t seed = 1;
  std::int64_t first_batch = 0;
  int threads = 1;
  int rank = 0, ranks = 1;  // `ranks` processes divide every batch; this one cuts the rank-th part

  /// Items that this process cuts. Requires: ranks divides batch.
  int own_items() const { return batch / ranks; }
};

/// Planar f32 in [-1,1], each [own_items,3,crop_px,crop_px] or empty; photo: crop_px + 2*photo_margin_px.
struct Batch {
  std::int64_t index = 0;
  std::vector<float> photo, style;
  std::vector<float> style_smooth;    // the same style crops with blurred contours
  std::vector<float> photo_segments;  // the photo crops without margin, every superpixel in its mean color
};

/// This rank's part of batch `index`, on the calling thread.
/// Throws Error: kInvalidArgument if no image of a store can be read.
Batch make_batch(ImageStore& photos, ImageStore& styles, const LoaderOptions& options, std::int64_t index);

/// Threads: one thread calls next(). The stores must outlive the loader.
class Loader {
 public:
  Loader(ImageStore& photos, ImageStore& styles, const LoaderOptions& options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;
  /// The next batch in order; waits for it. Throws what make_batch threw.
  Batch next();

 private:
  void work();

  ImageStore& photos_;
  ImageStore& styles_;
  const LoaderOptions options_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable changed_;
  std::map<std::int64_t, Batch> ready_;
  std::int64_t next_made_, next_given_;
  std::exception_ptr error_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace genga::loader
