// How much of a photo's edges and of its light and dark areas is in the result: contrast-structure terms of SSIM.
#include "eval/measures/content.h"

#include <algorithm>

namespace genga::eval {
namespace {

constexpr float kC2 = 0.03F * 0.03F;  // Wang et al. 2004, for values of 0..1

struct Moments {
  Plane variance_a, variance_b, covariance;
};

Plane product(const Plane& a, const Plane& b) {
  Plane dst(a.width, a.height);
  std::transform(a.values.begin(), a.values.end(), b.values.begin(), dst.values.begin(), std::multiplies<>());
  return dst;
}

/// mean(ab) - mean(a) mean(b) in each window.
Plane covariance(const Plane& a, const Plane& b, int radius) {
  Plane mean_ab = box_mean(product(a, b), radius);
  const Plane ab = product(box_mean(a, radius), box_mean(b, radius));
  std::transform(mean_ab.values.begin(), mean_ab.values.end(), ab.values.begin(), mean_ab.values.begin(),
                 std::minus<>());
  return mean_ab;
}

Moments moments(const Plane& a, const Plane& b, int radius) {
  return {covariance(a, a, radius), covariance(b, b, radius), covariance(a, b, radius)};
}

}  // namespace

double edge_preservation(const Plane& photo, const Plane& result) {
  const Moments m = moments(gradient_length(shrink(photo, 2)), gradient_length(shrink(result, 2)), 3);
  // The weight of a window is the denominator of its term, so the weighted mean is a ratio of sums.
  double common = 0, all = 0;
  for (std::size_t i = 0; i < m.covariance.values.size(); ++i) {
    common += 2 * m.covariance.values[i];
    all += m.variance_a.values[i] + m.variance_b.values[i];
  }
  constexpr double kFlat = 1e-9;  // two flat images are equal
  const double n = static_cast<double>(m.covariance.values.size());
  return (common + kFlat * n) / (all + kFlat * n);
}

double structure_preservation(const Plane& photo, const Plane& result) {
  const Moments m = moments(shrink(photo, 16), shrink(result, 16), 2);
  double sum = 0;
  for (std::size_t i = 0; i < m.covariance.values.size(); ++i) {
    sum += (2 * m.covariance.values[i] + kC2) / (m.variance_a.values[i] + m.variance_b.values[i] + kC2);
  }
  return sum / static_cast<double>(m.covariance.values.size());
}

}  // namespace genga::eval
