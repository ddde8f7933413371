// Cuts batches out of images: which crops, at which scale, with which filters; and makes them ahead on threads.
#include "loader/loader.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <span>
#include <system_error>

#include "filters/edge_smooth.h"
#include "filters/regions/felzenszwalb.h"
#include "filters/regions/regions.h"
#include "filters/resample.h"
#include "filters/salt_noise.h"
#include "genga/error.h"
#include "genga/random.h"
#include "loader/sampler.h"
#include "loader/similarity.h"

namespace genga::loader {
namespace {

constexpr std::int64_t kAhead = 4;  // batches made in advance per worker: hides one slow decode
constexpr int kContrastTries = 4;
constexpr filters::FelzenszwalbOptions
    kPhotoSegments{};  // AnimeGANv3's photo set: scale 5, sigma 0.8, at least 50 pixels
constexpr std::uint64_t kStyleSeed = 0x9E3779B97F4A7C15;  // so that photos and styles are drawn in different orders

/// The image of a draw; unreadable ones are replaced by the following draws'.
std::shared_ptr<const image::Image> draw_image(ImageStore& store, std::uint64_t seed, std::int64_t draw) {
  for (std::int64_t i = 0; i < 2 * store.size(); ++i) {  // two epochs: each image comes up at least once
    if (auto image = store.get(sample(seed, draw + i, store.size()))) return image;
  }
  const std::string first = store.first_problem();
  fail(ErrorCode::kInvalidArgument, "none of {} images can be read{}{}", store.size(),
       first.empty() ? "" : "; the first: ", first);
}

filters::Crop random_crop(const image::Image& image, const ScaleRange& scale, int crop_px, Rng& rng) {
  const int shorter = std::min(image.width, image.height);
  const double high = std::clamp(static_cast<double>(shorter) / crop_px, scale.low, scale.high);
  filters::Crop crop;
  crop.side = std::min(static_cast<int>(std::lround(crop_px * rng.uniform(scale.low, high))), shorter);
  crop.x = static_cast<int>(rng.below(image.width - crop.side + 1));
  crop.y = static_cast<int>(rng.below(image.height - crop.side + 1));
  crop.flip = rng.below(2) == 1;
  return crop;
}

/// Standard deviation over all samples, 0..255.
double contrast(const image::Image& image) {
  double sum = 0, squares = 0;
  for (const std::uint8_t v : image.rgb) {
    sum += v;
    squares += static_cast<double>(v) * v;
  }
  const auto n = static_cast<double>(image.rgb.size());
  return std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n)));
}

/// Whether some pixel differs from the first by more than two grey levels.
bool has_structure(const image::Image& image) {
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    if (std::abs(image.rgb[i] - image.rgb[i % 3]) > 2) return true;
  }
  return false;
}

/// Crops of one color (overexposed skies) are drawn again: instance norms would divide by almost zero in every layer
/// and gradients would overflow.
image::Image photo_crop(const image::Image& image, const LoaderOptions& options, int crop_px, Rng& rng) {
  image::Image crop;
  for (int i = 0; i < kContrastTries; ++i) {
    crop = filters::cut(image, random_crop(image, options.photo_scale, crop_px, rng), crop_px);
    if (has_structure(crop)) break;
  }
  return crop;
}

/// Crops without contrast (skies, blank paper) teach the discriminator nothing and are drawn again, a few times.
image::Image style_crop(const image::Image& image, const LoaderOptions& options, Rng& rng) {
  image::Image crop;
  for (int i = 0; i < kContrastTries; ++i) {
    crop = filters::cut(image, random_crop(image, options.style_scale, options.crop_px, rng), options.crop_px);
    if (contrast(crop) >= options.min_style_contrast) break;
  }
  return crop;
}

/// Of several style crops the one most similar to the photo crop, so that photo and style differ in style, not content.
image::Image alike_style_crop(ImageStore& styles, const image::Image& photo, const LoaderOptions& options,
                              std::uint64_t seed, std::int64_t draw, Rng& rng) {
  const Similarity wanted = similarity_of(photo);
  image::Image best;
  double best_distance = std::numeric_limits<double>::infinity();
  for (int i = 0; i < options.style_choice; ++i) {
    const auto image = draw_image(styles, seed, draw * options.style_choice + i);
    image::Image crop =
        filters::cut(*image, random_crop(*image, options.style_scale, options.crop_px, rng), options.crop_px);
    const double d = distance(wanted, similarity_of(crop));
    if (d >= best_distance) continue;
    best_distance = d;
    best = std::move(crop);
  }
  return best;
}

image::Image without_margin(const image::Image& image, int margin) {
  image::Image inner{image.width - 2 * margin, image.height - 2 * margin, {}};
  inner.rgb.reserve(std::size_t{3} * inner.width * inner.height);
  for (int y = 0; y < inner.height; ++y) {
    const auto row = image.rgb.begin() + 3 * (std::ptrdiff_t{y + margin} * image.width + margin);
    inner.rgb.insert(inner.rgb.end(), row, row + std::ptrdiff_t{3} * inner.width);
  }
  return inner;
}

}  // namespace

Batch make_batch(ImageStore& photos, ImageStore& styles, const LoaderOptions& options, std::int64_t index) {
  const int photo_px = options.crop_px + 2 * options.photo_margin_px;
  const std::size_t per_photo = std::size_t{3} * photo_px * photo_px;
  const std::size_t per_style = std::size_t{3} * options.crop_px * options.crop_px;
  const auto room = [&](bool wanted, std::size_t per_image) {
    return std::vector<float>(wanted ? per_image * options.own_items() : 0);
  };
  Batch batch{.index = index,
              .photo = room(options.with_photo, per_photo),
              .style = room(options.with_style, per_style),
              .style_smooth = room(options.with_style_smooth, per_style),
              .photo_segments = room(options.with_photo_segments, per_style)};
  const std::uint64_t style_seed = options.seed ^ kStyleSeed;
  for (int i = 0; i < options.own_items(); ++i) {
    const std::int64_t draw = index * options.batch + options.rank * options.own_items() + i;
    image::Image photo;
    if (options.with_photo) {
      Rng rng(options.seed, static_cast<std::uint64_t>(draw));
      photo = photo_crop(*draw_image(photos, options.seed, draw), options, photo_px, rng);
      filters::to_planar(photo, std::span(batch.photo).subspan(per_photo * i, per_photo));
      if (options.with_photo_segments) {
        const image::Image inner = without_margin(photo, options.photo_margin_px);
        filters::paint_means(inner, filters::segment(inner, kPhotoSegments),
                             std::span(batch.photo_segments).subspan(per_style * i, per_style));
      }
    }
    if (!options.with_style) continue;
    Rng rng(style_seed, static_cast<std::uint64_t>(draw));
    const image::Image style = options.with_photo && options.style_choice > 1
                                   ? alike_style_crop(styles, photo, options, style_seed, draw, rng)
                                   : style_crop(*draw_image(styles, style_seed, draw), options, rng);
    filters::to_planar(style, std::span(batch.style).subspan(per_style * i, per_style));
    if (options.with_style_smooth) {
      image::Image smooth = filters::smooth_edges(style);
      filters::add_salt(smooth, options.smooth_salt, rng);
      filters::to_planar(smooth, std::span(batch.style_smooth).subspan(per_style * i, per_style));
    }
  }
  return batch;
}

Loader::Loader(ImageStore& photos, ImageStore& styles, const LoaderOptions& options)
    : photos_(photos),
      styles_(styles),
      options_(options),
      next_made_(options.first_batch),
      next_given_(options.first_batch) {
  for (int i = 0; i < std::max(options.threads, 1); ++i) {
    try {
      workers_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {  // no memory for its stack, or the user's limit of processes
      if (!workers_.empty()) return;            // fewer threads make the same batches
      fail(ErrorCode::kOutOfMemory,
           "loader: no thread could be started: {}; raise the limits (ulimit -u, -v) or free memory",
           error.code().message());
    }
  }
}

Loader::~Loader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

Batch Loader::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return error_ || ready_.contains(next_given_); });
  if (!ready_.contains(next_given_)) std::rethrow_exception(error_);
  Batch batch = std::move(ready_.extract(next_given_).mapped());
  ++next_given_;
  changed_.notify_all();
  return batch;
}

void Loader::work() {
  const std::int64_t ahead = kAhead * std::max(options_.threads, 1);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || next_made_ < next_given_ + ahead; });
    if (stopping_ || error_) return;
    const std::int64_t index = next_made_++;
    lock.unlock();
    try {
      Batch batch = make_batch(photos_, styles_, options_, index);
      lock.lock();
      ready_.emplace(index, std::move(batch));
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      error_ = std::current_exception();
    }
    changed_.notify_all();
  }
}

}  // namespace genga::loader
