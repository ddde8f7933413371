// Genga's images as OpenCV's matrices.
#pragma once

#include <opencv2/core.hpp>

#include "genga/image.h"

namespace genga::curate {

/// RGB, 8 bits; the image's own memory, which must live longer and is not written to.
inline cv::Mat as_mat(const image::Image& image) {
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data())};
}

/// A copy. mat: CV_8UC3, RGB.
inline image::Image to_image(const cv::Mat& mat) {
  const cv::Mat whole = mat.isContinuous() ? mat : mat.clone();
  return {.width = whole.cols, .height = whole.rows, .rgb = {whole.data, whole.data + whole.total() * 3}};
}

}  // namespace genga::curate
