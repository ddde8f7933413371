// CIE Lab, CIEDE2000, and the mean color difference of large areas.
#include "eval/measures/color_drift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "eval/measures/plane.h"

namespace genga::eval {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

double linear_of(double coded) {
  return coded <= 0.04045 ? coded / 12.92 : std::pow((coded + 0.055) / 1.055, 2.4);
}

/// Linear light of a gamma-coded value.
float linear_light(std::uint8_t coded) {
  static const std::array<float, 256> table = [] {
    std::array<float, 256> t{};
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = static_cast<float>(linear_of(static_cast<double>(i) / 255));
    return t;
  }();
  return table[coded];
}

std::array<Plane, 3> low_passed_linear(const image::Image& image) {
  const int block = std::max(1, std::min(image.width, image.height) / 16);
  std::array<Plane, 3> planes;
  for (int c = 0; c < 3; ++c) {
    Plane plane(image.width, image.height);
    for (std::size_t i = 0; i < plane.values.size(); ++i) {
      plane.values[i] = linear_light(image.rgb[3 * i + static_cast<std::size_t>(c)]);
    }
    planes[static_cast<std::size_t>(c)] = shrink(plane, block);
  }
  return planes;
}

struct Hues {
  double difference, mean;
};

/// Equations 10 and 14: along the shorter arc.
Hues hues_between(double h1, double h2, double chroma_product) {
  if (chroma_product == 0) return {0, h1 + h2};
  double difference = h2 - h1;
  if (difference > 180) difference -= 360;
  if (difference < -180) difference += 360;
  double mean = (h1 + h2) / 2;
  if (std::abs(h1 - h2) > 180) mean += h1 + h2 < 360 ? 180 : -180;
  return {difference, mean};
}

double pow7(double x) {
  return std::pow(x, 7);
}

/// How blue a chroma of c is weakened or turned: equations 4 and 19.
double chroma_fraction(double c) {
  return std::sqrt(pow7(c) / (pow7(c) + pow7(25)));
}

}  // namespace

Lab lab_of_linear(double r, double g, double b) {
  const auto f = [](double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; };
  const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const double y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
  const double z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double hue_of(double a, double b) {
  if (a == 0 && b == 0) return 0;
  const double hue = std::atan2(b, a) / kDegree;
  return hue < 0 ? hue + 360 : hue;
}

Lab lab_of(const std::uint8_t* rgb) {
  return lab_of_linear(linear_light(rgb[0]), linear_light(rgb[1]), linear_light(rgb[2]));
}

double ciede2000(const Lab& x, const Lab& y) {
  const double mean_c = (std::hypot(x.a, x.b) + std::hypot(y.a, y.b)) / 2;
  const double grow = 1 + (1 - chroma_fraction(mean_c)) / 2;  // 1 + G
  const double c1 = std::hypot(x.a * grow, x.b);
  const double c2 = std::hypot(y.a * grow, y.b);
  const auto [dh, h] = hues_between(hue_of(x.a * grow, x.b), hue_of(y.a * grow, y.b), c1 * c2);

  const double l = (x.l + y.l) / 2 - 50;
  const double c = (c1 + c2) / 2;
  const double t = 1 - 0.17 * std::cos((h - 30) * kDegree) + 0.24 * std::cos(2 * h * kDegree) +
                   0.32 * std::cos((3 * h + 6) * kDegree) - 0.20 * std::cos((4 * h - 63) * kDegree);
  const double s_l = 1 + 0.015 * l * l / std::sqrt(20 + l * l);
  const double s_c = 1 + 0.045 * c;
  const double s_h = 1 + 0.015 * c * t;
  const double turn = 30 * std::exp(-std::pow((h - 275) / 25, 2));
  const double r_t = -std::sin(2 * turn * kDegree) * 2 * chroma_fraction(c);

  const double d_l = (y.l - x.l) / s_l;
  const double d_c = (c2 - c1) / s_c;
  const double d_h = 2 * std::sqrt(c1 * c2) * std::sin(dh / 2 * kDegree) / s_h;
  return std::sqrt(std::max(0.0, d_l * d_l + d_c * d_c + d_h * d_h + r_t * d_c * d_h));
}

double color_drift(const image::Image& photo, const image::Image& result) {
  const auto a = low_passed_linear(photo);
  const auto b = low_passed_linear(result);
  double sum = 0;
  for (std::size_t i = 0; i < a[0].values.size(); ++i) {
    sum += ciede2000(lab_of_linear(a[0].values[i], a[1].values[i], a[2].values[i]),
                     lab_of_linear(b[0].values[i], b[1].values[i], b[2].values[i]));
  }
  return sum / static_cast<double>(a[0].values.size());
}

}  // namespace genga::eval
