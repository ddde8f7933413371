// Face detection by networks: YuNet (Wu et al. 2023, "YuNet: a tiny millisecond-level face detector") through OpenCV's
// own reader, and YOLO's family by its output shape.
#include <algorithm>
#include <cmath>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "curate/faces/face_detector.h"

namespace genga::curate {
namespace {

constexpr float kOverlap = 0.45F;  // of two boxes that are one face

cv::Mat to_bgr(const cv::Mat& rgb) {
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  return bgr;
}

Face face_of(const cv::Rect2f& box, double score) {
  return {.centre = {box.x + box.width / 2, box.y + box.height / 2},
          .side = std::max(box.width, box.height),
          .score = score};
}

class YuNet : public FaceDetector {
 public:
  explicit YuNet(const FaceOptions& options) : options_(options) {
    net_ = cv::FaceDetectorYN::create(options.model.string(), "", {320, 320}, static_cast<float>(options.min_score),
                                      kOverlap);
  }

  std::vector<Face> detect(const cv::Mat& image) override {
    constexpr double kMaxPx = 1024;
    const double scale = std::min(1.0, kMaxPx / std::max(image.cols, image.rows));
    cv::Mat bgr = to_bgr(image), found;
    cv::resize(bgr, bgr, {}, scale, scale, cv::INTER_AREA);
    net_->setInputSize(bgr.size());
    net_->detect(bgr, found);
    const auto s = static_cast<float>(1 / scale);
    std::vector<Face> faces;
    for (int i = 0; i < found.rows; ++i) {  // x, y, width, height, 5 landmarks, score
      const auto* row = found.ptr<float>(i);
      Face face = face_of({row[0] * s, row[1] * s, row[2] * s, row[3] * s}, row[14]);
      for (int k = 0; k < 5; ++k) face.landmarks.emplace_back(row[4 + 2 * k] * s, row[5 + 2 * k] * s);
      faces.push_back(std::move(face));
    }
    return without_repeats(std::move(faces));
  }

 private:
  const FaceOptions options_;
  cv::Ptr<cv::FaceDetectorYN> net_;
};

/// Where the numbers of one detection lie.
struct DetectionLayout {
  int objectness = -1, first_class = 4, n_classes = 0, landmarks = -1, landmark_step = 2;
};

/// values: numbers of one detection. by_rows: [1,N,values], YOLOv5's order.
DetectionLayout layout_of(int values, bool by_rows) {
  if (by_rows && values == 16) return {.objectness = 4, .first_class = 15, .n_classes = 1, .landmarks = 5};
  if (by_rows) return {.objectness = 4, .first_class = 5, .n_classes = values - 5};
  if (values == 20) return {.first_class = 4, .n_classes = 1, .landmarks = 5, .landmark_step = 3};
  return {.first_class = 4, .n_classes = values - 4};
}

class Yolo : public FaceDetector {
 public:
  Yolo(cv::dnn::Net net, const FaceOptions& options) : options_(options), net_(std::move(net)) {
    std::istringstream words(options.classes);
    for (std::string word; std::getline(words, word, ',');) classes_.insert(std::atoi(word.c_str()));
    find_input_size();
  }

  std::vector<Face> detect(const cv::Mat& image) override {
    const double scale = static_cast<double>(input_px_) / std::max(image.cols, image.rows);
    cv::Mat reduced;
    cv::resize(image, reduced, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::Mat input(input_px_, input_px_, CV_8UC3, cv::Scalar::all(114));  // YOLO's padding
    const cv::Rect inside = cv::Rect({0, 0}, reduced.size()) & cv::Rect(0, 0, input_px_, input_px_);
    reduced(inside).copyTo(input(inside));
    return without_repeats(faces_in(forward(input), 1 / scale));
  }

 private:
  /// [values,N] or [N,values] as it came, without the batch.
  cv::Mat forward(const cv::Mat& input) {
    net_.setInput(cv::dnn::blobFromImage(input, 1 / 255.0));
    cv::Mat output = net_.forward();
    if (output.dims != 3 || output.size[0] != 1) {
      std::string shape;
      for (int i = 0; i < output.dims; ++i) shape += fmt::format("{}{}", i > 0 ? "," : "", output.size[i]);
      fail(ErrorCode::kUnsupported,
           "face detector '{}' gives [{}]; expected YOLO's [1,4+n,N], [1,20,N], [1,N,5+n] or [1,N,16], or YuNet",
           options_.model.string(), shape);
    }
    return output.reshape(1, output.size[1]).clone();
  }

  /// Networks are mostly stored for one size, which OpenCV does not tell: the first that runs.
  void find_input_size() {
    for (const int size : {640, 320, 416, 512, 256, 128, 768, 1024, 1280}) {
      try {
        input_px_ = size;
        const cv::Mat output = forward(cv::Mat(size, size, CV_8UC3, cv::Scalar::all(114)));
        if (std::min(output.rows, output.cols) >= 5) return;
        fail(ErrorCode::kUnsupported, "face detector '{}' gives {} numbers for each box, expected at least 5",
             options_.model.string(), std::min(output.rows, output.cols));
      } catch (const cv::Exception&) {
      }
    }
    fail(ErrorCode::kUnsupported,
         "face detector '{}' takes no RGB image of 128, 256, 320, 416, 512, 640, 768, 1024 or 1280 pixels a side",
         options_.model.string());
  }

  std::vector<Face> faces_in(const cv::Mat& output, double scale) const {
    const bool by_rows = output.rows > output.cols;
    const cv::Mat rows = by_rows ? output : cv::Mat(output.t());
    const DetectionLayout layout = layout_of(rows.cols, by_rows);
    const auto s = static_cast<float>(scale);
    std::vector<Face> faces;
    for (int i = 0; i < rows.rows; ++i) {
      const auto* v = rows.ptr<float>(i);
      const double score = score_of(v, layout);
      if (!(score >= options_.min_score)) continue;
      Face face = face_of({(v[0] - v[2] / 2) * s, (v[1] - v[3] / 2) * s, v[2] * s, v[3] * s}, score);
      for (int k = 0; layout.landmarks >= 0 && k < 5; ++k) {
        const float* point = v + layout.landmarks + k * layout.landmark_step;
        face.landmarks.emplace_back(point[0] * s, point[1] * s);
      }
      faces.push_back(std::move(face));
    }
    return faces;
  }

  double score_of(const float* values, const DetectionLayout& layout) const {
    double best = 0;
    for (int c = 0; c < layout.n_classes; ++c) {
      const bool wanted = classes_.empty() || classes_.count(c) > 0;
      if (wanted) best = std::max(best, static_cast<double>(values[layout.first_class + c]));
    }
    return layout.objectness < 0 ? best : best * values[layout.objectness];
  }

  const FaceOptions options_;
  cv::dnn::Net net_;
  std::set<int> classes_;
  int input_px_ = 0;
};

}  // namespace

std::unique_ptr<FaceDetector> open_face_network(const FaceOptions& options) {
  cv::dnn::Net net;
  bool is_yunet = false;
  try {
    net = cv::dnn::readNetFromONNX(options.model.string());
    for (const std::string& name : net.getUnconnectedOutLayersNames()) {
      is_yunet |= name == "loc" || name == "iou" || name.starts_with("kps_");
    }
  } catch (const cv::Exception& error) {
    fail(ErrorCode::kCorruptData, "face detector '{}' is not an ONNX network that OpenCV {} can read",
         options.model.string(), CV_VERSION);
  }
  if (!is_yunet) return std::make_unique<Yolo>(std::move(net), options);
  try {
    auto detector = std::make_unique<YuNet>(options);
    detector->detect(cv::Mat(320, 320, CV_8UC3, cv::Scalar::all(114)));
    return detector;
  } catch (const cv::Exception&) {
    fail(ErrorCode::kUnsupported, "face detector '{}' is a YuNet of another year than OpenCV {} runs",
         options.model.string(), CV_VERSION);
  }
}

}  // namespace genga::curate
