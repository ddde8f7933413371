// Chooses the kind of detector by the file's suffix, and drops repeated detections.
#include "curate/faces/face_detector.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

namespace genga::curate {

cv::Rect Face::box() const {
  const int whole = static_cast<int>(std::lround(side));
  return {static_cast<int>(std::lround(centre.x - side / 2)), static_cast<int>(std::lround(centre.y - side / 2)), whole,
          whole};
}

std::vector<Face> without_repeats(std::vector<Face> faces) {
  std::sort(faces.begin(), faces.end(), [](const Face& a, const Face& b) { return a.score > b.score; });
  std::vector<Face> kept;
  for (Face& face : faces) {
    const cv::Rect box = face.box();
    const bool again = std::any_of(kept.begin(), kept.end(), [&](const Face& other) {
      const double both = (box & other.box()).area();
      return both > 0.3 * (box.area() + other.box().area() - both) ||
             both > 0.6 * std::min(box.area(), other.box().area());
    });
    if (!again) kept.push_back(std::move(face));
  }
  std::sort(kept.begin(), kept.end(), [](const Face& a, const Face& b) { return a.side > b.side; });
  return kept;
}

std::unique_ptr<FaceDetector> open_face_detector(const FaceOptions& options) {
  const std::filesystem::path& path = options.model;
  std::error_code error;
  if (path.empty()) {
    fail(ErrorCode::kInvalidArgument,
         "no face detector given: add --model FILE, for example lbpcascade_animeface.xml from "
         "https://github.com/nagadomi/lbpcascade_animeface");
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    fail(ErrorCode::kNotFound,
         "face detector '{}' does not exist; one for anime is lbpcascade_animeface.xml from "
         "https://github.com/nagadomi/lbpcascade_animeface",
         path.string());
  }
  if (path.extension() == ".xml") return open_cascade(options);
  if (path.extension() == ".onnx") return open_face_network(options);
  fail(ErrorCode::kUnsupported, "face detector '{}' is neither a cascade of OpenCV (.xml) nor a network (.onnx)",
       path.string());
}

}  // namespace genga::curate
