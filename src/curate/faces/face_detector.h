// Faces by a detector that the user brings: a cascade or a network.
#pragma once

#include <memory>
#include <opencv2/core.hpp>
#include <vector>

#include "genga/cut.h"

namespace genga::curate {

struct Face {
  cv::Point2f centre{};
  float side = 0;                        // of the upright or turned square around it
  double degrees = 0;                    // clockwise lean that was found; 0 with landmarks, which say more
  double score = 0;                      // of networks 0..1; of cascades the number of detections that agree
  std::vector<cv::Point2f> landmarks{};  // five: eyes, nose, corners of the mouth, each from the image's left; or none

  cv::Rect box() const;
};

/// Threads: one at a time per detector.
class FaceDetector {
 public:
  virtual ~FaceDetector() = default;
  /// In pixels of the image (RGB), none of them twice, largest first.
  virtual std::vector<Face> detect(const cv::Mat& image) = 0;
};

/// Throws Error: kNotFound, kCorruptData, kUnsupported.
std::unique_ptr<FaceDetector> open_face_detector(const FaceOptions& options);
std::unique_ptr<FaceDetector> open_cascade(const FaceOptions& options);
std::unique_ptr<FaceDetector> open_face_network(const FaceOptions& options);

/// Keeps the best of several detections of one face. Returns the largest first.
std::vector<Face> without_repeats(std::vector<Face> faces);

}  // namespace genga::curate
