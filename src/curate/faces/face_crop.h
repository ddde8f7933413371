// A face as an upright square.
#pragma once

#include <opencv2/core.hpp>

#include "curate/faces/face_detector.h"

namespace genga::curate {

struct FaceCrop {
  cv::Mat image{};
  double degrees = 0;  // that it was turned by
  double outside = 0;  // fraction of the square that lies outside of the image and is mirrored
};

/// With landmarks by the similarity transform (Umeyama 1991, "Least-squares estimation of transformation parameters
/// between two point patterns") onto the usual five points of a face; without, by the lean that was found.
FaceCrop crop_face(const cv::Mat& image, const Face& face, const FaceOptions& options);

/// Standard deviation of the Laplacian at 128 x 128, in grey levels.
double face_sharpness(const cv::Mat& crop);

}  // namespace genga::curate
