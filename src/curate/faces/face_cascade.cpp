// Face detection by a cascade (Viola, Jones 2001, "Rapid object detection using a boosted cascade of simple features"),
// as OpenCV implements it. Cascades find upright faces only, so the image is searched at several angles.
#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include "curate/faces/face_detector.h"

namespace genga::curate {
namespace {

constexpr int kMaxPx = 1024;                                     // long side that is searched
constexpr std::array<double, 5> kLeans = {0, -15, 15, -30, 30};  // degrees
constexpr double kUprightBonus = 1.25;                           // a turned detection must agree so much better

class Cascade : public FaceDetector {
 public:
  explicit Cascade(const FaceOptions& options) : options_(options) {
    bool loaded = false;
    try {
      loaded = cascade_.load(options.model.string()) && !cascade_.empty();
    } catch (const cv::Exception&) {
    }
    if (!loaded) {
      fail(ErrorCode::kCorruptData,
           "face detector '{}' is not a cascade that OpenCV can read; expected XML with a trained <cascade>",
           options.model.string());
    }
  }

  std::vector<Face> detect(const cv::Mat& image) override {
    const double scale = std::min(1.0, static_cast<double>(kMaxPx) / std::max(image.cols, image.rows));
    cv::Mat grey;
    cv::cvtColor(image, grey, cv::COLOR_RGB2GRAY);
    cv::resize(grey, grey, {}, scale, scale, cv::INTER_AREA);
    cv::equalizeHist(grey, grey);
    std::vector<Face> faces;
    for (const double lean : kLeans) {
      if (lean == 0 || options_.upright) search(grey, lean, scale, faces);
    }
    return without_repeats(std::move(faces));
  }

 private:
  void search(const cv::Mat& grey, double lean, double scale, std::vector<Face>& faces) {
    cv::Mat turned = grey;
    cv::Mat back = cv::Mat::eye(2, 3, CV_64F);
    if (lean != 0) {
      const double angle = std::abs(lean) * CV_PI / 180;
      const cv::Size size(static_cast<int>(grey.cols * std::cos(angle) + grey.rows * std::sin(angle)),
                          static_cast<int>(grey.cols * std::sin(angle) + grey.rows * std::cos(angle)));
      // OpenCV's angles are counterclockwise: a face that leans clockwise is brought upright by a positive one.
      cv::Mat turn = cv::getRotationMatrix2D(cv::Point2d(grey.cols / 2.0, grey.rows / 2.0), lean, 1);
      turn.at<double>(0, 2) += (size.width - grey.cols) / 2.0;
      turn.at<double>(1, 2) += (size.height - grey.rows) / 2.0;
      cv::warpAffine(grey, turned, turn, size, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
      cv::invertAffineTransform(turn, back);
    }
    const int minimum = std::max(24, static_cast<int>(options_.min_side_px * scale));
    std::vector<cv::Rect> boxes;
    std::vector<int> agreeing;
    cascade_.detectMultiScale(turned, boxes, agreeing, 1.1, options_.min_neighbours, 0, {minimum, minimum});
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const std::vector<cv::Point2f> middle{{static_cast<float>(boxes[i].x) + static_cast<float>(boxes[i].width) / 2,
                                             static_cast<float>(boxes[i].y) + static_cast<float>(boxes[i].height) / 2}};
      std::vector<cv::Point2f> in_image;
      cv::transform(middle, in_image, back);
      if (!cv::Rect2d({0, 0}, cv::Size2d(grey.size())).contains(in_image.front())) continue;
      faces.push_back({.centre = in_image.front() * (1 / scale),
                       .side = static_cast<float>(std::max(boxes[i].width, boxes[i].height) / scale),
                       .degrees = lean,
                       .score = agreeing[i] * (lean == 0 ? kUprightBonus : 1)});
    }
  }

  const FaceOptions options_;
  cv::CascadeClassifier cascade_;
};

}  // namespace

std::unique_ptr<FaceDetector> open_cascade(const FaceOptions& options) {
  return std::make_unique<Cascade>(options);
}

}  // namespace genga::curate
