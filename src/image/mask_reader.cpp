// MaskReader: any image as a grey mask of a given size, blurred (feathered) by a Gaussian, row by row.
#include <algorithm>
#include <cmath>
#include <vector>

#include "image/color/color.h"
#include "image/pipeline.h"
#include "image/resize.h"
#include "image/row_stream.h"

namespace genga::image {
namespace {

ImagePtr stretch(VipsImage* src, int width, int height) {
  return apply_resize(src, {width, height, width, height});
}

ImagePtr blur(VipsImage* src, double sigma) {
  return make_image("cannot feather the mask", [&](VipsImage** dst) {
    return vips_gaussblur(src, dst, sigma, "precision", VIPS_PRECISION_FLOAT, "min_ampl", 0.01, nullptr);
  });
}

// Rounds, and clips what Lanczos overshoots.
ImagePtr to_u16(VipsImage* src) {
  const ImagePtr rounded = make_image("cannot round the mask", [&](VipsImage** dst) {
    return vips_round(src, dst, VIPS_OPERATION_ROUND_RINT, nullptr);
  });
  return make_image("cannot round the mask",
                    [&](VipsImage** dst) { return vips_cast(rounded.get(), dst, VIPS_FORMAT_USHORT, nullptr); });
}

// The blur's windows overlap. Rows are cached, so that each is computed once and in order, as a sequential decoder
// needs.
ImagePtr kept_rows(VipsImage* src) {
  return make_image("cannot feather the mask", [&](VipsImage** dst) {
    return vips_linecache(src, dst, "tile_height", 16, "access", VIPS_ACCESS_SEQUENTIAL, nullptr);
  });
}

// A wide Gaussian has no detail, so it is computed on a mask reduced until its sigma is about this, then enlarged: the
// cost does not grow with the feather.
constexpr double kReducedSigma = 4;

ImagePtr feathered(VipsImage* grey, int width, int height, double feather_px) {
  if (feather_px <= 0) return stretch(grey, width, height);
  const double factor = std::max(1.0, feather_px / kReducedSigma);
  const int small_width = std::max(1, static_cast<int>(std::lround(width / factor)));
  const int small_height = std::max(1, static_cast<int>(std::lround(height / factor)));
  const ImagePtr small = kept_rows(stretch(grey, small_width, small_height).get());
  return to_u16(stretch(blur(small.get(), feather_px / factor).get(), width, height).get());
}

ImagePtr alpha_of(VipsImage* src) {
  const ImagePtr alpha = make_image("cannot separate transparency",
                                    [&](VipsImage** dst) { return vips_extract_band(src, dst, 3, nullptr); });
  return to_grey16(alpha.get());
}

/// Reads all of the mask.
bool has_transparent_parts(const EncodedImage& source, std::int64_t max_pixels) {
  const Pipeline pipeline = open_pipeline(source, {.max_pixels = max_pixels, .size = {}});
  if (!pipeline.info.alpha) return false;
  double least = 0;
  if (vips_min(alpha_of(pipeline.image.get()).get(), &least, nullptr) != 0) {
    fail_vips(ErrorCode::kCorruptData, "the mask is broken");
  }
  return least < 65535;
}

/// Whether a / b is c / d, but for what rounding to whole pixels changes.
bool is_same_aspect(double a, double b, double c, double d) {
  return std::abs(a * d - b * c) <= std::max(a, b) + std::max(c, d);
}

// In memory, since it is read from the side.
ImagePtr turned(VipsImage* src, int orientation) {
  const ImagePtr memory(vips_image_copy_memory(src));
  if (!memory) fail_vips(ErrorCode::kCorruptData, "the mask cannot be turned");
  const ImagePtr copy =
      make_image("the mask cannot be turned", [&](VipsImage** dst) { return vips_copy(memory.get(), dst, nullptr); });
  vips_image_set_int(copy.get(), VIPS_META_ORIENTATION, orientation);
  return make_image("the mask cannot be turned",
                    [&](VipsImage** dst) { return vips_autorot(copy.get(), dst, nullptr); });
}

/// The mask as drawn for a photo of width x height, upright; what was done is added to notes.
ImagePtr fitting(ImagePtr grey, int width, int height, int photo_orientation, std::vector<std::string>& notes) {
  const int w = vips_image_get_width(grey.get()), h = vips_image_get_height(grey.get());
  if (is_same_aspect(w, h, width, height)) return grey;
  if (photo_orientation >= 5 && is_same_aspect(h, w, width, height)) {
    notes.emplace_back("is drawn on the photo before it was turned, so it is turned as the photo is");
    return turned(grey.get(), photo_orientation);
  }
  notes.push_back(
      fmt::format("has {} x {} pixels, another shape than the image's {} x {}: it is stretched", w, h, width, height));
  return grey;
}

}  // namespace

struct MaskReader::Impl {
  Impl(std::filesystem::path mask_path, ImagePtr image, std::vector<std::string> notes_wanted)
      : path(std::move(mask_path)), notes(std::move(notes_wanted)), rows(std::move(image)) {}
  std::filesystem::path path;
  std::vector<std::string> notes;
  RowStream rows;
  std::vector<std::uint16_t> samples;  // of one row
  int left = 0, skip_rows = 0;
  int width = 0;  // that is read
};

MaskReader::MaskReader(const EncodedImage& source, int width, int height, double feather_px, std::int64_t max_pixels,
                       int photo_orientation) {
  if (!(feather_px >= 0) || feather_px > 1000) {
    fail(ErrorCode::kInvalidArgument, "feather of {} px: 0 to 1000 was expected", feather_px);
  }
  const Pipeline pipeline = open_pipeline(source, {.max_pixels = max_pixels, .size = {}});
  impl_ = with_name(source.path, [&] {
    std::vector<std::string> notes;
    const bool by_alpha = pipeline.info.alpha && has_transparent_parts(source, max_pixels);
    if (by_alpha) notes.emplace_back("has transparent parts, so its alpha is the mask, not its colors");
    const ImagePtr grey = fitting(by_alpha ? alpha_of(pipeline.image.get()) : to_grey16(pipeline.image.get()), width,
                                  height, photo_orientation, notes);
    return std::make_unique<Impl>(source.path, feathered(grey.get(), width, height, feather_px), std::move(notes));
  });
  impl_->samples.resize(static_cast<std::size_t>(width));
  impl_->width = width;
}
MaskReader::MaskReader(MaskReader&&) noexcept = default;
MaskReader::~MaskReader() = default;

const std::vector<std::string>& MaskReader::notes() const {
  return impl_->notes;
}

void MaskReader::crop(int left, int top, int crop_width) {
  if (left < 0 || top < 0 || crop_width < 1 || left + crop_width > static_cast<int>(impl_->samples.size())) {
    fail(ErrorCode::kInvalidArgument, "a mask {} wide cannot be cropped to {} from {} on", impl_->samples.size(),
         crop_width, left);
  }
  impl_->left = left;
  impl_->skip_rows = top;
  impl_->width = crop_width;
}

void MaskReader::read(std::span<float> dst) {
  const auto read_row = [&] {
    with_name(impl_->path, [&] { impl_->rows.read(std::as_writable_bytes(std::span(impl_->samples))); });
  };
  for (; impl_->skip_rows > 0; --impl_->skip_rows) read_row();
  for (std::size_t at = 0; at < dst.size(); at += static_cast<std::size_t>(impl_->width)) {
    read_row();
    std::transform(impl_->samples.begin() + impl_->left, impl_->samples.begin() + impl_->left + impl_->width,
                   dst.begin() + static_cast<std::ptrdiff_t>(at),
                   [](std::uint16_t v) { return static_cast<float>(v) / 65535.0F; });
  }
}

}  // namespace genga::image
