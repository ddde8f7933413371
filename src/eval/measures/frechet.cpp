// Frechet distance between Gaussians, by singular values where there are fewer images than dimensions.
#include "eval/measures/frechet.h"

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "genga/error.h"

namespace genga::eval {
namespace {

using Matrix = Eigen::MatrixXd;

/// Rows less their mean, over sqrt(n - 1): covariance = X^T X.
Matrix scaled_rows(const Features& x) {
  return (x.rowwise() - x.colwise().mean()) / std::sqrt(static_cast<double>(x.rows() - 1));
}

double sum_of_roots(const Matrix& symmetric) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(symmetric, Eigen::EigenvaluesOnly);
  return solver.eigenvalues().cwiseMax(0).cwiseSqrt().sum();
}

/// Tr (A B)^1/2 for A = X^T X, B = Y^T Y: the sum of the singular values of X Y^T, which is small when the sets are.
double root_trace_of_few(const Matrix& x, const Matrix& y) {
  const Matrix product = x * y.transpose();
  if (product.rows() <= product.cols()) return sum_of_roots(product * product.transpose());
  return sum_of_roots(product.transpose() * product);
}

/// Tr (A^1/2 B A^1/2)^1/2, which is symmetric, so that rounding never makes it complex.
double root_trace_of_many(const Matrix& x, const Matrix& y) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(x.transpose() * x);
  const Eigen::VectorXd roots = solver.eigenvalues().cwiseMax(0).cwiseSqrt();  // rounding makes some of them negative
  const Matrix half = y * (solver.eigenvectors() * roots.asDiagonal());
  return sum_of_roots(half.transpose() * half);
}

}  // namespace

double frechet_distance(const Features& a, const Features& b) {
  if (a.rows() < 2 || b.rows() < 2 || a.cols() != b.cols()) {
    fail(ErrorCode::kInvalidArgument,
         "a Frechet distance between {} x {} and {} x {} numbers: two sets of at least 2 images were expected",
         a.rows(), a.cols(), b.rows(), b.cols());
  }
  if (!a.allFinite() || !b.allFinite()) {
    fail(ErrorCode::kCorruptData, "a Frechet distance between numbers that are not finite: the network is broken");
  }
  const Matrix x = scaled_rows(a);
  const Matrix y = scaled_rows(b);
  const double means = (a.colwise().mean() - b.colwise().mean()).squaredNorm();
  const bool few = std::min(a.rows(), b.rows()) < a.cols();
  const double root = few ? root_trace_of_few(x, y) : root_trace_of_many(x, y);
  return std::max(0.0, means + x.squaredNorm() + y.squaredNorm() - 2 * root);
}

}  // namespace genga::eval
