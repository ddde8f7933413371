// Cuts a face out as an upright square, and measures how sharp it is.
#include "curate/faces/face_crop.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <opencv2/imgproc.hpp>

namespace genga::curate {
namespace {

/// ArcFace's template of 112 px: eyes, nose, corners of the mouth.
constexpr double kPlaces[5][2] = {
    {38.2946, 51.6963}, {73.5318, 51.5014}, {56.0252, 71.7366}, {41.5493, 92.3655}, {70.7299, 92.2041}};
constexpr double kPlacesPx = 112;

using Complex = std::complex<double>;

/// A square in the image: its middle, and the vector along its upper edge.
struct Square {
  Complex middle{}, edge{};
};

Square square_of_landmarks(const Face& face, double margin) {
  Complex mean_from, mean_to;
  for (std::size_t i = 0; i < 5; ++i) {
    mean_from += Complex(kPlaces[i][0], kPlaces[i][1]) / 5.0;
    mean_to += Complex(face.landmarks[i].x, face.landmarks[i].y) / 5.0;
  }
  Complex product;
  double square = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    const Complex from = Complex(kPlaces[i][0], kPlaces[i][1]) - mean_from;
    product += std::conj(from) * (Complex(face.landmarks[i].x, face.landmarks[i].y) - mean_to);
    square += std::norm(from);
  }
  const Complex scale = product / square;  // template pixels to image pixels, and the turn
  const Complex middle(kPlacesPx / 2, kPlacesPx / 2);
  return {mean_to + scale * (middle - mean_from), scale * (kPlacesPx * (1 + 2 * margin))};
}

Square square_of(const Face& face, const FaceOptions& options) {
  if (!options.upright) return {{face.centre.x, face.centre.y}, face.side * (1 + 2 * options.margin)};
  if (face.landmarks.size() == 5) return square_of_landmarks(face, options.margin);
  return {{face.centre.x, face.centre.y}, std::polar(face.side * (1 + 2 * options.margin), face.degrees * CV_PI / 180)};
}

/// Moves the square into the image; makes it smaller for that if it must, but not smaller than the face.
Square moved_inside(Square square, const cv::Size& image, double min_side) {
  const double turn = std::arg(square.edge);
  const double spread = std::abs(std::cos(turn)) + std::abs(std::sin(turn));  // of its bounding box, per side
  const double fits = std::min(image.width, image.height) / spread;
  const double side = std::max(std::min(std::abs(square.edge), fits), min_side);
  const double half = side * spread / 2;
  const auto inside = [&](double at, double size) { return 2 * half > size ? at : std::clamp(at, half, size - half); };
  return {{inside(square.middle.real(), image.width), inside(square.middle.imag(), image.height)},
          std::polar(side, turn)};
}

}  // namespace

FaceCrop crop_face(const cv::Mat& image, const Face& face, const FaceOptions& options) {
  const Square square = moved_inside(square_of(face, options), image.size(), face.side);
  const int side = std::max(1, static_cast<int>(std::lround(std::abs(square.edge))));
  const Complex step = square.edge / std::abs(square.edge);
  const Complex corner = square.middle - square.edge * Complex(0.5, 0.5);
  const cv::Matx23d to_image(step.real(), -step.imag(), corner.real(), step.imag(), step.real(), corner.imag());
  FaceCrop crop{.degrees = std::arg(square.edge) * 180 / CV_PI};
  constexpr int kWarp = cv::INTER_CUBIC | cv::WARP_INVERSE_MAP;
  cv::warpAffine(image, crop.image, to_image, {side, side}, kWarp, cv::BORDER_REFLECT_101);
  cv::Mat covered;
  cv::warpAffine(cv::Mat(image.size(), CV_8U, cv::Scalar(255)), covered, to_image, {side, side}, kWarp);
  crop.outside = 1 - cv::mean(covered)[0] / 255;
  if (options.size_px > 0) {
    cv::resize(crop.image, crop.image, {options.size_px, options.size_px}, 0, 0,
               side > options.size_px ? cv::INTER_AREA : cv::INTER_CUBIC);
  }
  return crop;
}

double face_sharpness(const cv::Mat& crop) {
  cv::Mat grey, small, edges;
  cv::cvtColor(crop, grey, cv::COLOR_RGB2GRAY);
  cv::resize(grey, small, {128, 128}, 0, 0, grey.cols > 128 ? cv::INTER_AREA : cv::INTER_LINEAR);
  cv::Laplacian(small, edges, CV_32F);
  cv::Scalar mean, spread;
  cv::meanStdDev(edges, mean, spread);
  return spread[0];
}

}  // namespace genga::curate
