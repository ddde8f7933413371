// Which size an image gets, and resizing to it with libvips (Lanczos-3, alpha-weighted).
#include "image/resize.h"

#include <algorithm>
#include <cmath>

namespace genga::image {
namespace {

int scaled(int side, double scale) {
  return std::max(1, static_cast<int>(std::lround(side * scale)));
}

/// Where a part of `kept` pixels begins whose middle is near the fraction `at` of the whole.
int window_begin(int whole, int kept, double at) {
  return std::clamp(static_cast<int>(std::floor(whole * at - kept / 2.0)), 0, whole - kept);
}

ImagePtr lanczos(VipsImage* src, int width, int height) {
  const double x = static_cast<double>(width) / vips_image_get_width(src);
  const double y = static_cast<double>(height) / vips_image_get_height(src);
  return make_image("cannot resize", [&](VipsImage** dst) {
    return vips_resize(src, dst, x, "vscale", y, "kernel", VIPS_KERNEL_LANCZOS3, nullptr);
  });
}

// Colors of transparent pixels must not bleed into their neighbours, so samples are weighted by alpha meanwhile.
ImagePtr lanczos_with_alpha(VipsImage* src, int width, int height) {
  const VipsBandFormat format = vips_image_get_format(src);
  const double max_alpha = format == VIPS_FORMAT_USHORT ? 65535 : 255;
  const ImagePtr weighted = make_image(
      "cannot resize", [&](VipsImage** dst) { return vips_premultiply(src, dst, "max_alpha", max_alpha, nullptr); });
  const ImagePtr resized = lanczos(weighted.get(), width, height);
  const ImagePtr plain = make_image("cannot resize", [&](VipsImage** dst) {
    return vips_unpremultiply(resized.get(), dst, "max_alpha", max_alpha, nullptr);
  });
  const ImagePtr rounded = make_image("cannot resize", [&](VipsImage** dst) {
    return vips_round(plain.get(), dst, VIPS_OPERATION_ROUND_RINT, nullptr);
  });
  return make_image("cannot resize", [&](VipsImage** dst) { return vips_cast(rounded.get(), dst, format, nullptr); });
}

}  // namespace

ResizePlan plan_resize(int width, int height, const TargetSize& target) {
  if (target.width < 0 || target.height < 0 || target.long_side < 0 || (target.width > 0) != (target.height > 0)) {
    fail(ErrorCode::kInvalidArgument, "size {}x{}: two positive numbers, or one for the long side, were expected",
         target.width, target.height);
  }
  if (!target.wanted()) return {width, height, width, height};
  if (target.width == 0) {
    const double scale = static_cast<double>(target.long_side) / std::max(width, height);
    const int w = width >= height ? target.long_side : scaled(width, scale);
    const int h = height >= width ? target.long_side : scaled(height, scale);
    return {w, h, w, h};
  }
  if (target.fit == Fit::kStretch) return {target.width, target.height, target.width, target.height};
  const double x = static_cast<double>(target.width) / width;
  const double y = static_cast<double>(target.height) / height;
  if (target.fit == Fit::kContain) {
    const int w = x <= y ? target.width : scaled(width, y);
    const int h = y <= x ? target.height : scaled(height, x);
    return {w, h, w, h};
  }
  const int w = x >= y ? target.width : std::max(target.width, scaled(width, y));
  const int h = y >= x ? target.height : std::max(target.height, scaled(height, x));
  return {.width = w,
          .height = h,
          .final_width = target.width,
          .final_height = target.height,
          .left = window_begin(w, target.width, target.crop.x),
          .top = window_begin(h, target.height, target.crop.y)};
}

TargetSize small_look(const ResizePlan& plan) {
  constexpr double kLongSide = 512;
  const double scale = std::min(1.0, kLongSide / std::max(plan.width, plan.height));
  return {.width = scaled(plan.width, scale), .height = scaled(plan.height, scale), .fit = Fit::kStretch};
}

ResizePlan aim(ResizePlan plan, VipsImage* small) {
  const int small_width = vips_image_get_width(small), small_height = vips_image_get_height(small);
  const double scale = static_cast<double>(small_width) / plan.width;
  const ImagePtr rgb = make_image("cannot find what to crop", [&](VipsImage** dst) {
    return vips_extract_band(small, dst, 0, "n", std::min(vips_image_get_bands(small), 3), nullptr);
  });
  const ImagePtr memory(vips_image_copy_memory(rgb.get()));  // smartcrop looks at it more than once
  if (!memory) fail_vips(ErrorCode::kCorruptData, "cannot find what to crop");
  const ImagePtr part = make_image("cannot find what to crop", [&](VipsImage** dst) {
    return vips_smartcrop(memory.get(), dst, std::min(small_width, scaled(plan.final_width, scale)),
                          std::min(small_height, scaled(plan.final_height, scale)), "interesting",
                          VIPS_INTERESTING_ATTENTION, nullptr);
  });
  const auto begin = [&](int offset, int whole, int kept) {  // libvips says minus how much it cut off
    return std::clamp(static_cast<int>(std::lround(-offset / scale)), 0, whole - kept);
  };
  plan.left = begin(vips_image_get_xoffset(part.get()), plan.width, plan.final_width);
  plan.top = begin(vips_image_get_yoffset(part.get()), plan.height, plan.final_height);
  return plan;
}

int jpeg_shrink(int width, int height, const ResizePlan& plan) {
  const double factor = std::min(static_cast<double>(width) / plan.width, static_cast<double>(height) / plan.height);
  for (int shrink : {8, 4, 2}) {
    if (factor >= 2 * shrink) return shrink;
  }
  return 1;
}

ImagePtr apply_resize(VipsImage* src, const ResizePlan& plan) {
  g_object_ref(src);
  ImagePtr image(src);
  if (vips_image_get_width(src) != plan.width || vips_image_get_height(src) != plan.height) {
    const bool alpha = vips_image_hasalpha(src) != FALSE;
    image = alpha ? lanczos_with_alpha(src, plan.width, plan.height) : lanczos(src, plan.width, plan.height);
  }
  if (!plan.crops()) return image;
  return make_image("cannot crop", [&](VipsImage** dst) {
    return vips_extract_area(image.get(), dst, plan.left, plan.top, plan.final_width, plan.final_height, nullptr);
  });
}

}  // namespace genga::image
