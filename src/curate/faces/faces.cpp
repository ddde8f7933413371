// Cuts faces out of images: finds them, crops them, leaves out what is small, blurred or cut off.
#include <algorithm>
#include <memory>
#include <mutex>

#include "curate/cut/cutter.h"
#include "curate/faces/face_crop.h"
#include "curate/faces/face_detector.h"
#include "curate/mat.h"
#include "curate/opencv_quiet.h"
#include "genga/sha256.h"

namespace genga::curate {
namespace {

constexpr double kMaxOutside = 0.25;

/// Detectors serve one thread at a time; as many are opened as there are threads.
/// Threads: all functions may be called from several threads.
class DetectorPool {
 public:
  explicit DetectorPool(const FaceOptions& options) : options_(options) {
    free_.push_back(open_face_detector(options));
  }

  std::vector<Face> detect(const cv::Mat& image) {
    std::unique_ptr<FaceDetector> detector = take();
    std::vector<Face> faces = detector->detect(image);
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(detector));
    return faces;
  }

 private:
  std::unique_ptr<FaceDetector> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto detector = std::move(free_.back());
        free_.pop_back();
        return detector;
      }
    }
    return open_face_detector(options_);
  }

  const FaceOptions& options_;
  std::mutex mutex_;  // guards free_
  std::vector<std::unique_ptr<FaceDetector>> free_;
};

void cut_image(const CutInput& source, const FaceOptions& options, DetectorPool& detectors, Output& output) {
  const image::Image image = image::read_image({.path = source.path});
  const cv::Mat mat = as_mat(image);
  int number = 0;
  for (const Face& face : detectors.detect(mat)) {
    if (face.side < static_cast<float>(options.min_side_px)) {
      output.leave_out("too small");
      continue;
    }
    const FaceCrop crop = crop_face(mat, face, options);
    const double sharpness = face_sharpness(crop.image);
    if (sharpness < options.min_sharpness) {
      output.leave_out("blurred");
    } else if (crop.outside > kMaxOutside) {
      output.leave_out("cut off by the image's edge");
    } else if (number == options.max_per_image) {
      output.leave_out("more than --max-faces in one image");
    } else {
      const cv::Rect box = face.box();
      output.put({.image = to_image(crop.image),
                  .name = fmt::format("{}_f{:02}", source.name, ++number),
                  .box = {{box.x, box.y, box.width, box.height}},
                  .measures = {{"face_px", face.side},
                               {"face_score", face.score},
                               {"face_degrees", crop.degrees},
                               {"face_sharpness", sharpness}}});
    }
  }
}

}  // namespace

CutReport cut_faces(const Paths& inputs, const FaceOptions& options, const CutOptions& cut) {
  quiet_opencv();
  DetectorPool detectors(options);
  const CutInputs list = list_inputs(inputs, cut.output, image::looks_like_image, "image files");
  const std::string key = fmt::format(
      "detector {}, score {}, neighbours {}, from {} px, margin {}, size {}, sharpness {}, at most {}, {}, classes {}",
      sha256_of_file(options.model).substr(0, 12), options.min_score, options.min_neighbours, options.min_side_px,
      options.margin, options.size_px, options.min_sharpness, options.max_per_image,
      options.upright ? "upright" : "as they lean", options.classes.empty() ? "all" : options.classes);
  return run_cut(
      list,
      {.operation = "face",
       .options = key,
       .run = [&](const CutInput& source, Output& output) { cut_image(source, options, detectors, output); }},
      cut);
}

}  // namespace genga::curate
