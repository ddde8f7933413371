// Unbiased kernel distance (KID's) in blocks of rows, so that the kernel matrix is never held whole.
#include "eval/measures/kernel_distance.h"

#include <algorithm>

#include "genga/error.h"

namespace genga::eval {
namespace {

constexpr Eigen::Index kBlock = 512;  // rows of the kernel matrix held at once

struct KernelSum {
  double all = 0, diagonal = 0;
};

KernelSum sum_of_kernel(const Features& a, const Features& b) {
  const auto d = static_cast<double>(a.cols());
  KernelSum sum;
  for (Eigen::Index first = 0; first < a.rows(); first += kBlock) {
    const Eigen::Index n = std::min(kBlock, a.rows() - first);
    const Eigen::ArrayXXd kernel = ((a.middleRows(first, n) * b.transpose()).array() / d + 1).cube();
    sum.all += kernel.sum();
    for (Eigen::Index i = 0; i < n && first + i < kernel.cols(); ++i) sum.diagonal += kernel(i, first + i);
  }
  return sum;
}

double mean_of_pairs(const Features& x) {
  const KernelSum sum = sum_of_kernel(x, x);
  const auto n = static_cast<double>(x.rows());
  return (sum.all - sum.diagonal) / (n * (n - 1));
}

}  // namespace

double kernel_distance(const Features& a, const Features& b) {
  if (a.rows() < 2 || b.rows() < 2 || a.cols() != b.cols()) {
    fail(ErrorCode::kInvalidArgument,
         "a kernel distance between {} x {} and {} x {} numbers: two sets of at least 2 images were expected", a.rows(),
         a.cols(), b.rows(), b.cols());
  }
  const double across = sum_of_kernel(a, b).all / (static_cast<double>(a.rows()) * static_cast<double>(b.rows()));
  return mean_of_pairs(a) + mean_of_pairs(b) - 2 * across;
}

}  // namespace genga::eval
