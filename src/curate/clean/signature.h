// What duplicates are recognized by: a small copy of the image, stretched to a square, and a perceptual hash of it.
//
// Threads: all functions may be called from several threads.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core.hpp>

namespace genga::curate {

inline constexpr int kLumaPx = 48, kChromaPx = 12;

struct Signature {
  std::array<std::uint8_t, kLumaPx * kLumaPx> luma{};            // row by row, stretched to a square
  std::array<std::uint8_t, 2 * kChromaPx * kChromaPx> chroma{};  // Cr, then Cb; 128: grey
  bool operator==(const Signature&) const = default;
};

/// rgb: u8, any size.
Signature signature_of(const cv::Mat& rgb);
Signature mirrored(const Signature& signature);
/// What is left when `left` .. `bottom` (fractions of the sides) are cut away.
struct Margins {
  double left = 0, top = 0, right = 0, bottom = 0;
};

/// 64 signs of low DCT coefficients against their median (Zauner 2010, "Implementation and benchmarking of perceptual
/// image hash functions", section 3.2.1), of the part inside the margins.
std::uint64_t perceptual_hash(const Signature& signature, const Margins& cut = {});

/// How far one image is a copy of the other, perhaps brighter, resized or cut by up to a tenth in each direction.
struct SignatureMatch {
  double correlation = -1;  // of luma, -1..1, after alignment
  double worst_part = 255;  // largest difference of a part (a twelfth of the sides), in levels
  double color = 255;       // mean difference of Cr and Cb where they differ most (a tenth of the area), in levels
};
/// Stops early, with the values so far, where the two are certainly different images. Cost: some 0.1 ms.
SignatureMatch compare(const Signature& a, const Signature& b);

}  // namespace genga::curate
