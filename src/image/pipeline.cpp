// From an opened image to upright sRGB rows of the wanted size: turning, 10- and 12-bit samples, color, resizing, and
// the limit on pixels.
#include "image/pipeline.h"

#include <cstring>

#include "image/color/color.h"
#include "image/metadata/metadata.h"
#include "image/resize.h"

namespace genga::image {
namespace {

// libheif delivers 10- and 12-bit samples shifted up, so that white is not 65535; stretch them to the full range.
ImagePtr full_range(ImagePtr image) {
  int bits = 0;
  if (vips_image_get_format(image.get()) != VIPS_FORMAT_USHORT ||
      vips_image_get_typeof(image.get(), "heif-bitdepth") == 0 ||
      vips_image_get_int(image.get(), "heif-bitdepth", &bits) != 0 || bits <= 8 || bits >= 16) {
    return image;
  }
  const double white = 65536 - (1 << (16 - bits));
  const ImagePtr stretched = make_image("cannot stretch samples", [&](VipsImage** dst) {
    return vips_linear1(image.get(), dst, 65535.0 / white, 0.0, nullptr);
  });
  const ImagePtr rounded = make_image("cannot stretch samples", [&](VipsImage** dst) {
    return vips_round(stretched.get(), dst, VIPS_OPERATION_ROUND_RINT, nullptr);
  });
  return make_image("cannot stretch samples",
                    [&](VipsImage** dst) { return vips_cast(rounded.get(), dst, VIPS_FORMAT_USHORT, nullptr); });
}

ImagePtr with_profile(ImagePtr image, const std::string& profile) {
  if (profile.empty()) return image;
  ImagePtr copy =
      make_image("cannot set the color profile", [&](VipsImage** dst) { return vips_copy(image.get(), dst, nullptr); });
  vips_image_set_blob_copy(copy.get(), VIPS_META_ICC_NAME, profile.data(), profile.size());
  return copy;
}

bool is_sideways(int orientation) {
  return orientation >= 5;
}

// Orientations other than 1 (upright) and 2 (mirrored) need rows from below first; then libvips decodes the whole
// image to memory, or to a temporary file if it is large.
ImagePtr load_upright(const OpenedSource& opened, int orientation, int shrink) {
  const VipsAccess access = orientation <= 2 ? VIPS_ACCESS_SEQUENTIAL : VIPS_ACCESS_RANDOM;
  ImagePtr image = load(opened, access, shrink > 1 ? fmt::format("shrink={}", shrink) : "");
  image = with_profile(full_range(std::move(image)), opened.profile);
  if (orientation == 1) return image;
  return make_image("cannot turn the image upright",
                    [&](VipsImage** dst) { return vips_autorot(image.get(), dst, nullptr); });
}

void check_target(const ResizePlan& plan, std::int64_t max_pixels) {
  const std::int64_t pixels = std::int64_t{plan.width} * plan.height;
  if (pixels <= max_pixels) return;
  fail(ErrorCode::kOutOfMemory, "the wanted size {} x {} has {} pixels, more than the limit of {}", plan.width,
       plan.height, pixels, max_pixels);
}

/// What lies in the file beside the photo: "HDR gain map", "video"; empty: nothing that is known.
std::string file_companion(const OpenedSource& opened) {
  const void* xmp = nullptr;
  std::size_t size = 0;
  VipsImage* header = opened.header.get();
  if (vips_image_get_typeof(header, VIPS_META_XMP_NAME) != 0 &&
      vips_image_get_blob(header, VIPS_META_XMP_NAME, &xmp, &size) == 0) {
    const std::string told = xmp_companion({static_cast<const char*>(xmp), size});
    if (!told.empty()) return told;
  }
  return opened.gain_map ? "HDR gain map" : "";
}

/// What people should know of the result, each to follow the file's name.
std::vector<std::string> notes_of(const OpenedSource& opened) {
  std::vector<std::string> notes;
  if (opened.n_pages > 1) notes.push_back(fmt::format("has {} pages or frames; the first is used", opened.n_pages));
  if (opened.sequence) notes.emplace_back("is a sequence of images; its first is used");
  const int extra = extra_channels(opened.header.get(), opened.samples);
  const std::string companion = file_companion(opened);
  if (companion == "HDR gain map") notes.push_back("has an HDR gain map, which is left out: the result is SDR");
  if (companion == "video") notes.push_back("is a motion photo; its video is left out");
  if (extra == 1) notes.push_back("has 1 channel beside color and alpha, which is left out");
  if (extra > 1) notes.push_back(fmt::format("has {} channels beside color and alpha, which are left out", extra));
  return notes;
}

Pipeline make_pipeline(const OpenedSource& opened, const ReadOptions& options) {
  Pipeline pipeline;
  VipsImage* header = opened.header.get();
  const int orientation = vips_image_get_orientation(header);
  int width = vips_image_get_width(header);
  int height = vips_image_get_height(header);
  if (is_sideways(orientation)) std::swap(width, height);
  ResizePlan plan = plan_resize(width, height, options.size);
  check_target(plan, options.max_pixels);
  if (plan.crops() && options.size.crop.attention) {
    plan = aim(plan, make_pipeline(opened, {.max_pixels = options.max_pixels, .size = small_look(plan)}).image.get());
  }

  const int shrink = opened.row->format.name == "jpeg" ? jpeg_shrink(width, height, plan) : 1;
  const ImagePtr upright = load_upright(opened, orientation, shrink);
  const ImagePtr srgb = to_srgb(upright.get(), opened.samples);
  pipeline.image = apply_resize(srgb.get(), plan);
  pipeline.metadata = copy_metadata(header, {.photo_width = width,
                                             .photo_height = height,
                                             .width = plan.final_width,
                                             .height = plan.final_height,
                                             .turned = orientation > 1,
                                             .cropped = plan.crops()});
  pipeline.info = {.width = vips_image_get_width(pipeline.image.get()),
                   .height = vips_image_get_height(pipeline.image.get()),
                   .alpha = vips_image_get_bands(pipeline.image.get()) == 4,
                   .bits = vips_image_get_format(pipeline.image.get()) == VIPS_FORMAT_UCHAR ? 8 : 16,
                   .format = std::string(opened.row->format.name),
                   .pages = opened.n_pages,
                   .orientation = orientation,
                   .notes = notes_of(opened),
                   .whole_width = plan.width,
                   .whole_height = plan.height,
                   .left = plan.left,
                   .top = plan.top};
  return pipeline;
}

}  // namespace

Pipeline open_pipeline(const EncodedImage& source, const ReadOptions& options) {
  const OpenedSource opened = open_source(source, options.max_pixels);
  return with_name(source.path, [&] { return make_pipeline(opened, options); });
}

}  // namespace genga::image
