// Reads PNG's gAMA, cHRM, sRGB, cICP and acTL, HEIF's colr, EXIF's ColorSpace; makes a profile of them.
#include "image/color/told_color.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "image/color/icc_profile.h"
#include "image/metadata/exif.h"
#include "image/metadata/fields.h"

namespace genga::image {
namespace {

/// Of ITU-T H.273: code points of primaries and transfer curves.
constexpr int kPrimariesBt2020 = 9, kPrimariesDci = 11, kPrimariesP3 = 12;
constexpr int kTransferGamma22 = 4, kTransferGamma28 = 5, kTransferLinear = 8, kTransferPq = 16, kTransferHlg = 18;

// Other code points count as sRGB's: BT.709's curve too, which most files mean that are marked so.
RgbSpace space_of_code_points(int primaries, int transfer) {
  if (transfer == kTransferPq || transfer == kTransferHlg) {
    fail(ErrorCode::kUnsupported, "its colors are HDR ({}); save it as SDR, such as JPEG or PNG, first",
         transfer == kTransferPq ? "PQ" : "HLG");
  }
  RgbSpace space;
  if (primaries == kPrimariesBt2020) space.primaries = {{{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}}};
  if (primaries == kPrimariesP3 || primaries == kPrimariesDci) {
    space.primaries = {{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}}};
  }
  if (primaries == kPrimariesDci) space.white = {0.314, 0.351};
  if (transfer == kTransferGamma22) space.gamma = 2.2;
  if (transfer == kTransferGamma28) space.gamma = 2.8;
  if (transfer == kTransferLinear) space.gamma = 1;
  return space;
}

struct PngChunks {
  std::optional<std::string_view> gama, chrm, cicp, srgb, actl;
};

/// Those before the pixels.
PngChunks chunks_of(std::string_view png) {
  PngChunks chunks;
  constexpr std::size_t kSignature = 8, kFrame = 12;
  for (std::size_t at = kSignature; at + kFrame <= png.size();) {
    const std::size_t size = big_endian_number(png.substr(at, 4));
    const std::string_view name = png.substr(at + 4, 4);
    if (size > png.size() - at - kFrame || name == "IDAT") break;
    const std::string_view data = png.substr(at + 8, size);
    if (name == "gAMA" && size == 4) chunks.gama = data;
    if (name == "cHRM" && size == 32) chunks.chrm = data;
    if (name == "cICP" && size == 4) chunks.cicp = data;
    if (name == "sRGB") chunks.srgb = data;
    if (name == "acTL" && size == 8) chunks.actl = data;
    at += size + kFrame;
  }
  return chunks;
}

std::optional<RgbSpace> space_of_png(const PngChunks& chunks) {
  if (chunks.cicp) return space_of_code_points((*chunks.cicp)[0], (*chunks.cicp)[1]);
  if (chunks.srgb || (!chunks.gama && !chunks.chrm)) return std::nullopt;
  constexpr double kUnit = 100'000, kSrgbGamma = 0.45455;
  RgbSpace space;
  if (chunks.gama) {
    const double gamma = big_endian_number(*chunks.gama) / kUnit;
    // 0.45455 is how sRGB is written in this chunk.
    if (gamma > 0.1 && gamma < 10 && std::abs(gamma - kSrgbGamma) > 0.005) space.gamma = 1 / gamma;
  }
  if (chunks.chrm) {
    const auto at = [&](std::size_t i) {
      return Chromaticity{big_endian_number(chunks.chrm->substr(8 * i, 4)) / kUnit,
                          big_endian_number(chunks.chrm->substr(8 * i + 4, 4)) / kUnit};
    };
    space.white = at(0);
    space.primaries = {at(1), at(2), at(3)};
  }
  return space;
}

std::optional<RgbSpace> space_of_heif(std::string_view heif) {
  constexpr std::string_view kBox = "colrnclx";
  constexpr std::size_t kHeadBytes = 65536;  // the boxes that describe the image come first
  const std::size_t at = heif.substr(0, kHeadBytes).find(kBox);
  if (at == std::string_view::npos || heif.size() < at + kBox.size() + 4) return std::nullopt;
  const auto code = [&](std::size_t i) {
    return static_cast<int>(big_endian_number(heif.substr(at + kBox.size() + 2 * i, 2)));
  };
  return space_of_code_points(code(0), code(1));
}

std::optional<RgbSpace> space_of_exif(VipsImage* header) {
  const void* data = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(header, VIPS_META_EXIF_NAME) == 0 ||
      vips_image_get_blob(header, VIPS_META_EXIF_NAME, &data, &size) != 0) {
    return std::nullopt;
  }
  const std::span<const unsigned char> exif(static_cast<const unsigned char*>(data), size);
  constexpr std::uint64_t kAdobeRgb = 2, kUncalibrated = 65535;
  const auto space = exif_number(exif, kExifColorSpace);
  const bool adobe = space == kAdobeRgb || (space == kUncalibrated && exif_interoperability(exif) == "R03");
  if (!adobe) return std::nullopt;
  return RgbSpace{.primaries = {{{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}}}, .gamma = 2.19921875};
}

/// So that samples of sRGB stay as they are, to the bit.
bool is_srgb(const RgbSpace& space) {
  const RgbSpace srgb;
  const auto is_near = [](const Chromaticity& a, const Chromaticity& b) {
    return std::abs(a.x - b.x) < 0.002 && std::abs(a.y - b.y) < 0.002;
  };
  return space.gamma == 0 && is_near(space.white, srgb.white) &&
         std::equal(space.primaries.begin(), space.primaries.end(), srgb.primaries.begin(), is_near);
}

}  // namespace

ToldColor told_color(std::span<const unsigned char> bytes, VipsImage* header) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  ToldColor told;
  std::optional<RgbSpace> space;
  const bool has_profile = vips_image_get_typeof(header, VIPS_META_ICC_NAME) != 0;
  if (text.starts_with("\x89PNG")) {
    const PngChunks chunks = chunks_of(text);
    if (chunks.actl) told.frames = static_cast<int>(std::min(big_endian_number(chunks.actl->substr(0, 4)), 1'000'000U));
    if (!has_profile || chunks.cicp) space = space_of_png(chunks);  // cICP comes before a profile
    if (chunks.srgb && !chunks.cicp) return told;
  } else if (text.size() > 12 && text.substr(4, 4) == "ftyp") {
    const std::string_view brand = text.substr(8, 4);
    told.sequence = brand == "avis" || brand == "msf1" || brand == "hevc";
    if (!has_profile) space = space_of_heif(text);
  }
  if (!space && !has_profile) space = space_of_exif(header);
  // A profile that is overruled needs another in its place, also if that is sRGB's.
  if (space && (has_profile || !is_srgb(*space)))
    told.profile = icc_profile(*space, vips_image_get_bands(header) <= 2).value_or("");
  return told;
}

}  // namespace genga::image
