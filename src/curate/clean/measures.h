// What is measured of one image: numbers that the checks compare with their limits.
//
// Threads: all functions may be called from several threads.
#pragma once

#include <map>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>

#include "genga/image.h"

namespace genga::curate {

/// Larger images are reduced to this while decoding.
inline constexpr int kDecodePx = 2048;
/// Blur, text and detail are measured at most at this size, so that the same content gives the same numbers.
inline constexpr int kMeasurePx = 1024;

/// Key of Entry::measures, spelled as manifests have it.
inline constexpr std::string_view kColorMeasure = "colour";

/// A decoded image in the forms that the measures take.
struct Views {
  cv::Mat native;        // u8 luma as decoded
  cv::Mat rgb;           // u8, at most kMeasurePx
  cv::Mat luma;          // u8, of rgb
  bool reduced = false;  // while decoding
};
Views views_of(const image::Image& image, bool reduced);

/// Gaussian sigma in pixels of the sharpest fifth of the edges, 0..20; 20: no edge at all. Stays low for flat drawings
/// with crisp lines, because areas without edges do not count. luma: u8.
double edge_blur(const cv::Mat& luma);
/// Standard deviation of white noise in levels (0..255), where the image is quietest. luma: u8, not reduced.
double noise(const cv::Mat& luma);
/// How much steeper the 8 x 8 grid of JPEG blocks is than what lies between, 0: not at all. luma: u8, not reduced.
double blockiness(const cv::Mat& luma);
/// Fraction of the area, 0..1, covered by rows of small shapes that look like letters. luma: u8.
double text_fraction(const cv::Mat& luma);

/// "blur", "noise", "blocks" (absent where decoding reduced the image), "text", "white", "lights", "darks",
/// kColorMeasure, "detail". These keys are stored in manifests and must not change.
std::map<std::string, double> measure(const Views& views);

}  // namespace genga::curate
