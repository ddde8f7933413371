// Color conversion to sRGB (ICC profiles, CMYK, Lab, grey, 16 bits) and to one grey band, with libvips.
#include "image/color.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace genga::image {
namespace {

bool has_profile(VipsImage* image) {
  return vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0;
}

ImagePtr icc_to_srgb(VipsImage* src, int depth) {
  return make_image("the color profile is broken", [&](VipsImage** dst) {
    return vips_icc_transform(src, dst, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE,
                              "black_point_compensation", TRUE, "depth", depth, nullptr);
  });
}

ImagePtr add_reference(VipsImage* image) {
  g_object_ref(image);
  return ImagePtr(image);
}

// Most profiles are sRGB under one of a hundred names. Converting by them costs time and moves samples by rounding, so
// a profile that leaves a lattice of colors within half an 8-bit step counts as sRGB. Throws as icc_to_srgb does.
bool means_srgb(VipsImage* src) {
  constexpr int kSteps = 9;
  constexpr int kHalfStep = 128;
  std::vector<std::uint16_t> lattice;
  for (int i = 0; i < kSteps * kSteps * kSteps; ++i) {
    for (int digit : {i % kSteps, i / kSteps % kSteps, i / kSteps / kSteps}) {
      lattice.push_back(static_cast<std::uint16_t>(digit * 65535 / (kSteps - 1)));
    }
  }
  const std::size_t n_bytes = lattice.size() * sizeof(std::uint16_t);
  const ImagePtr memory(
      vips_image_new_from_memory(lattice.data(), n_bytes, kSteps * kSteps * kSteps, 1, 3, VIPS_FORMAT_USHORT));
  const ImagePtr probe = make_image("cannot probe the color profile", [&](VipsImage** dst) {
    return vips_copy(memory.get(), dst, "interpretation", VIPS_INTERPRETATION_RGB16, nullptr);
  });
  const void* profile = nullptr;
  std::size_t profile_bytes = 0;
  vips_image_get_blob(src, VIPS_META_ICC_NAME, &profile, &profile_bytes);
  vips_image_set_blob_copy(probe.get(), VIPS_META_ICC_NAME, profile, profile_bytes);
  const ImagePtr converted = icc_to_srgb(probe.get(), 16);
  std::size_t size = 0;
  const std::unique_ptr<void, decltype(&g_free)> data(vips_image_write_to_memory(converted.get(), &size), &g_free);
  if (!data || size != n_bytes) fail_vips(ErrorCode::kCorruptData, "the color profile is broken");
  const auto* after = static_cast<const std::uint16_t*>(data.get());
  for (std::size_t i = 0; i < lattice.size(); ++i) {
    if (std::abs(int{lattice[i]} - int{after[i]}) > kHalfStep) return false;
  }
  return true;
}

// The color space to assume without a usable profile, from the number of bands and their format.
ImagePtr with_meaning(VipsImage* src) {
  return make_image("cannot interpret the colors", [&](VipsImage** dst) {
    return vips_copy(src, dst, "interpretation", vips_image_guess_interpretation(src), nullptr);
  });
}

ImagePtr profile_free_to_srgb(VipsImage* src, bool sixteen_bit) {
  return make_image("cannot convert the colors to sRGB", [&](VipsImage** dst) {
    return vips_colourspace(src, dst, sixteen_bit ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB, nullptr);
  });
}

bool is_device_space(VipsInterpretation space) {
  constexpr std::array kDevice{VIPS_INTERPRETATION_sRGB, VIPS_INTERPRETATION_RGB16,  VIPS_INTERPRETATION_RGB,
                               VIPS_INTERPRETATION_B_W,  VIPS_INTERPRETATION_GREY16, VIPS_INTERPRETATION_CMYK};
  return std::find(kDevice.begin(), kDevice.end(), space) != kDevice.end();
}

// color: no alpha.
ImagePtr color_to_srgb(VipsImage* color, bool sixteen_bit) {
  const VipsInterpretation space = vips_image_get_interpretation(color);
  if (has_profile(color) && is_device_space(space)) {
    try {
      const bool rgb = vips_image_get_bands(color) == 3;
      if (!(rgb && means_srgb(color))) return icc_to_srgb(color, sixteen_bit ? 16 : 8);
    } catch (const Error&) {
      // A broken profile, or one for another color space than the file's: viewers ignore such profiles too.
    }
  }
  return profile_free_to_srgb(color, sixteen_bit);
}

ImagePtr band(VipsImage* src, int first, int n) {
  return make_image("cannot separate transparency",
                    [&](VipsImage** dst) { return vips_extract_band(src, dst, first, "n", n, nullptr); });
}

// Alpha is not a color: only its scale changes, from the source's sample format to the result's.
ImagePtr scaled_alpha(VipsImage* alpha, bool sixteen_bit) {
  const VipsBandFormat have = vips_image_get_format(alpha);
  const VipsBandFormat want = sixteen_bit ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
  if (have == want) return add_reference(alpha);
  const double have_max = have == VIPS_FORMAT_UCHAR ? 255 : have == VIPS_FORMAT_USHORT ? 65535 : 255;
  const double scale = (sixteen_bit ? 65535.0 : 255.0) / have_max;
  const ImagePtr scaled = make_image("cannot scale transparency",
                                     [&](VipsImage** dst) { return vips_linear1(alpha, dst, scale, 0.0, nullptr); });
  return make_image("cannot scale transparency",
                    [&](VipsImage** dst) { return vips_cast(scaled.get(), dst, want, nullptr); });
}

void check_samples(VipsImage* src) {
  const VipsBandFormat format = vips_image_get_format(src);
  const bool plain = format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT;
  if (plain || !is_device_space(vips_image_get_interpretation(src))) return;
  fail(ErrorCode::kUnsupported, "its samples are of type {}; 8- or 16-bit samples were expected",
       vips_enum_nick(VIPS_TYPE_BAND_FORMAT, format));
}

}  // namespace

ImagePtr to_srgb(VipsImage* src) {
  const ImagePtr meant = with_meaning(src);
  check_samples(meant.get());
  const bool sixteen_bit = vips_image_get_format(meant.get()) != VIPS_FORMAT_UCHAR;
  if (vips_image_hasalpha(meant.get()) == FALSE) return color_to_srgb(meant.get(), sixteen_bit);
  const int n_colors = vips_image_get_bands(meant.get()) - 1;
  const ImagePtr color = band(meant.get(), 0, n_colors);
  const ImagePtr alpha = scaled_alpha(band(meant.get(), n_colors, 1).get(), sixteen_bit);
  const ImagePtr srgb = color_to_srgb(color.get(), sixteen_bit);
  return make_image("cannot join transparency",
                    [&](VipsImage** dst) { return vips_bandjoin2(srgb.get(), alpha.get(), dst, nullptr); });
}

ImagePtr to_grey16(VipsImage* srgb) {
  ImagePtr opaque = add_reference(srgb);
  if (vips_image_hasalpha(srgb) != FALSE) {
    opaque = make_image("cannot flatten", [&](VipsImage** dst) { return vips_flatten(srgb, dst, nullptr); });
  }
  // Grey is the mean of the samples as stored: a mask drawn at 50 % must mean one half, not its linear light.
  ImagePtr mean =
      make_image("cannot average", [&](VipsImage** dst) { return vips_bandmean(opaque.get(), dst, nullptr); });
  if (vips_image_get_format(mean.get()) == VIPS_FORMAT_USHORT) return mean;
  const ImagePtr scaled =
      make_image("cannot scale", [&](VipsImage** dst) { return vips_linear1(mean.get(), dst, 257.0, 0.0, nullptr); });
  return make_image("cannot scale",
                    [&](VipsImage** dst) { return vips_cast(scaled.get(), dst, VIPS_FORMAT_USHORT, nullptr); });
}

}  // namespace genga::image
