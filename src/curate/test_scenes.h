// Images drawn for tests: a flat drawing with crisp lines, and pages of letter-like shapes.
#pragma once

#include <opencv2/imgproc.hpp>

#include "genga/image.h"

namespace genga::curate {

inline image::Image to_image(const cv::Mat& rgb) {
  const cv::Mat whole = rgb.clone();
  return {whole.cols, whole.rows, {whole.data, whole.data + whole.total() * 3}};
}

/// Flat areas with dark outlines; differs by seed.
inline cv::Mat draw_scene(int width, int height, int seed) {
  cv::RNG random(static_cast<std::uint64_t>(seed) * 7919 + 1);
  cv::Mat rgb(height, width, CV_8UC3, cv::Scalar(150 + random.uniform(0, 60), 180, 120 + random.uniform(0, 90)));
  for (int i = 0; i < 12; ++i) {
    const cv::Point centre(random.uniform(0, width), random.uniform(0, height));
    const cv::Size axes(random.uniform(width / 20, width / 5), random.uniform(height / 20, height / 5));
    const cv::Scalar paint(random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255));
    cv::ellipse(rgb, centre, axes, random.uniform(0, 180), 0, 360, paint, cv::FILLED, cv::LINE_AA);
    cv::ellipse(rgb, centre, axes, random.uniform(0, 180), 0, 360, cv::Scalar(20, 20, 30), 3, cv::LINE_AA);
  }
  return rgb;
}

/// A page of words from edge to edge.
inline cv::Mat draw_text(int width, int height, cv::Scalar paper, cv::Scalar ink) {
  cv::Mat rgb(height, width, CV_8UC3, paper);
  for (int y = 40, line = 0; y < height - 20; y += 34, ++line) {
    cv::putText(rgb,
                line % 2 == 0 ? "The quick brown fox jumps over the lazy dog" : "and every good boy deserves fudge now",
                {20, y}, cv::FONT_HERSHEY_SIMPLEX, 0.8, ink, 2, cv::LINE_AA);
  }
  return rgb;
}

}  // namespace genga::curate
