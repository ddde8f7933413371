// Color conversion to sRGB (ICC profiles, CMYK, Lab, grey, 16 bits) and to one grey band, with libvips.
#include "image/color/color.h"

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

// The color space that a number of bands of this type has, if the file says nothing sane.
VipsInterpretation meaning_of(VipsImage* src) {
  const VipsInterpretation guess = vips_image_guess_interpretation(src);
  const bool is_vague = guess == VIPS_INTERPRETATION_MULTIBAND || guess == VIPS_INTERPRETATION_MATRIX ||
                        guess == VIPS_INTERPRETATION_HISTOGRAM;
  if (!is_vague) return guess;
  return vips_image_get_bands(src) <= 2 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
}

int color_bands(VipsInterpretation space) {
  if (space == VIPS_INTERPRETATION_B_W || space == VIPS_INTERPRETATION_GREY16) return 1;
  return space == VIPS_INTERPRETATION_CMYK ? 4 : 3;
}

ImagePtr with_space(VipsImage* src, VipsInterpretation space) {
  return make_image("cannot interpret the colors",
                    [&](VipsImage** dst) { return vips_copy(src, dst, "interpretation", space, nullptr); });
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

ImagePtr cast(VipsImage* src, VipsBandFormat format) {
  return make_image("cannot convert samples", [&](VipsImage** dst) { return vips_cast(src, dst, format, nullptr); });
}

// src * scale, rounded and clipped to 16 bits; what is not a number becomes 0.
ImagePtr scaled_to_16(VipsImage* src, double scale) {
  constexpr std::string_view kWhat = "cannot convert samples";
  const ImagePtr scaled =
      make_image(kWhat, [&](VipsImage** dst) { return vips_linear1(src, dst, scale, 0.0, nullptr); });
  const ImagePtr is_number = make_image(kWhat, [&](VipsImage** dst) {
    return vips_relational(scaled.get(), scaled.get(), dst, VIPS_OPERATION_RELATIONAL_EQUAL, nullptr);
  });
  const ImagePtr zero =
      make_image(kWhat, [&](VipsImage** dst) { return vips_linear1(is_number.get(), dst, 0.0, 0.0, nullptr); });
  const ImagePtr numbers = make_image(
      kWhat, [&](VipsImage** dst) { return vips_ifthenelse(is_number.get(), scaled.get(), zero.get(), dst, nullptr); });
  const ImagePtr rounded = make_image(
      kWhat, [&](VipsImage** dst) { return vips_round(numbers.get(), dst, VIPS_OPERATION_ROUND_RINT, nullptr); });
  return cast(rounded.get(), VIPS_FORMAT_USHORT);
}

bool is_plain(VipsBandFormat format) {
  return format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT;
}

/// Samples of 8 or 16 bits where they stand for device colors; others as they are.
ImagePtr plain_samples(VipsImage* src, VipsInterpretation space, const SampleMeaning& meaning) {
  const VipsBandFormat format = vips_image_get_format(src);
  const bool linear = space == VIPS_INTERPRETATION_scRGB && !meaning.srgb_floats && !has_profile(src);
  if (is_plain(format) || linear) return add_reference(src);
  if (!is_device_space(space) && space != VIPS_INTERPRETATION_scRGB) return add_reference(src);
  if (format == VIPS_FORMAT_UINT) return scaled_to_16(src, 1 / 65537.0);
  const bool floats = format == VIPS_FORMAT_FLOAT || format == VIPS_FORMAT_DOUBLE;
  if (floats && (meaning.srgb_floats || has_profile(src))) return scaled_to_16(src, 65535);
  fail(ErrorCode::kUnsupported, "its samples are of type {}; 8- or 16-bit samples were expected",
       vips_enum_nick(VIPS_TYPE_BAND_FORMAT, format));
}

VipsInterpretation space_of_plain(int n_colors, VipsBandFormat format) {
  if (n_colors == 4) return VIPS_INTERPRETATION_CMYK;
  const bool wide = format == VIPS_FORMAT_USHORT;
  if (n_colors == 1) return wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
  return wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

// Alpha is not a color: only its scale changes, from the source's sample format to the result's.
ImagePtr scaled_alpha(VipsImage* alpha, VipsInterpretation space, bool sixteen_bit) {
  const VipsBandFormat have = vips_image_get_format(alpha);
  const VipsBandFormat want = sixteen_bit ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
  if (have == want) return add_reference(alpha);
  if (have == VIPS_FORMAT_SHORT) {  // beside Lab of 16 bits, where libvips keeps it as it is stored
    return make_image("cannot scale transparency",
                      [&](VipsImage** dst) { return vips_copy(alpha, dst, "format", VIPS_FORMAT_USHORT, nullptr); });
  }
  const double have_max = have == VIPS_FORMAT_USHORT                                        ? 65535
                          : have != VIPS_FORMAT_UCHAR && space == VIPS_INTERPRETATION_scRGB ? 1
                                                                                            : 255;
  const double scale = (sixteen_bit ? 65535.0 : 255.0) / have_max;
  const ImagePtr scaled = make_image("cannot scale transparency",
                                     [&](VipsImage** dst) { return vips_linear1(alpha, dst, scale, 0.0, nullptr); });
  return cast(scaled.get(), want);
}

// Lab of 8 bits is packed.
ImagePtr without_coding(VipsImage* src) {
  if (vips_image_get_coding(src) != VIPS_CODING_LABQ) return add_reference(src);
  return make_image("cannot unpack Lab", [&](VipsImage** dst) { return vips_LabQ2Lab(src, dst, nullptr); });
}

/// Where alpha is among the bands of src; -1: nowhere.
int alpha_band(VipsImage* src, int n_colors, const SampleMeaning& meaning) {
  const int at = n_colors + meaning.alpha;
  return meaning.alpha >= 0 && at < vips_image_get_bands(src) ? at : -1;
}

}  // namespace

int extra_channels(VipsImage* src, const SampleMeaning& meaning) {
  if (vips_image_get_coding(src) != VIPS_CODING_NONE) return 0;
  const int n_colors = color_bands(meaning_of(src));
  return vips_image_get_bands(src) - n_colors - (alpha_band(src, n_colors, meaning) < 0 ? 0 : 1);
}

ImagePtr to_srgb(VipsImage* coded, const SampleMeaning& meaning) {
  const ImagePtr decoded = without_coding(coded);
  VipsImage* src = decoded.get();
  const VipsInterpretation space = meaning_of(src);
  const int n_colors = color_bands(space);
  if (vips_image_get_bands(src) < n_colors) {
    fail(ErrorCode::kUnsupported, "it has {} channels; {} of color were expected", vips_image_get_bands(src), n_colors);
  }
  const ImagePtr plain = plain_samples(src, space, meaning);
  const VipsBandFormat format = vips_image_get_format(plain.get());
  const bool device = is_plain(format) && (is_device_space(space) || space == VIPS_INTERPRETATION_scRGB);
  const ImagePtr color =
      with_space(band(plain.get(), 0, n_colors).get(), device ? space_of_plain(n_colors, format) : space);
  const bool sixteen_bit = format != VIPS_FORMAT_UCHAR;
  ImagePtr srgb = color_to_srgb(color.get(), sixteen_bit);
  const int alpha = alpha_band(src, n_colors, meaning);
  if (alpha < 0) return srgb;
  const ImagePtr scaled = scaled_alpha(band(plain.get(), alpha, 1).get(), space, sixteen_bit);
  return make_image("cannot join transparency",
                    [&](VipsImage** dst) { return vips_bandjoin2(srgb.get(), scaled.get(), dst, nullptr); });
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
