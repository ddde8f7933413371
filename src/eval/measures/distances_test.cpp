// Tests of Frechet and kernel distance against values computed another way.
#include <gtest/gtest.h>

#include <cmath>

#include "eval/measures/frechet.h"
#include "eval/measures/kernel_distance.h"
#include "eval/measures/numbers.h"
#include "genga/error.h"

namespace genga::eval {
namespace {

/// Rows with exactly the given mean and, along axis k, exactly the standard deviation: +-1 patterns that are
/// orthogonal.
Features exact_gaussian(const std::vector<double>& mean, const std::vector<double>& deviation) {
  const auto d = static_cast<Eigen::Index>(mean.size());
  const Eigen::Index n = 2 * d;
  const double unit = std::sqrt(static_cast<double>(n - 1) / 2);  // two rows off the mean: sum of squares n - 1
  Features rows = Features::Zero(n, d);
  for (Eigen::Index k = 0; k < d; ++k) {
    rows.col(k).setConstant(mean[static_cast<std::size_t>(k)]);
    rows(2 * k, k) += unit * deviation[static_cast<std::size_t>(k)];
    rows(2 * k + 1, k) -= unit * deviation[static_cast<std::size_t>(k)];
  }
  return rows;
}

Features normal_rows(Eigen::Index n, Eigen::Index d, double mean, std::uint64_t seed) {
  Features rows(n, d);
  Numbers numbers(seed);
  for (double& value : rows.reshaped()) value = mean + numbers.normal();
  return rows;
}

TEST(FrechetDistance, HasTheClosedFormOfGaussians) {
  const Features a = exact_gaussian({0, 0, 0}, {1, 2, 3});
  EXPECT_NEAR(frechet_distance(a, a), 0, 1e-9);
  EXPECT_NEAR(frechet_distance(a, exact_gaussian({3, 4, 0}, {1, 2, 3})), 25, 1e-9);         // the means only
  EXPECT_NEAR(frechet_distance(a, exact_gaussian({0, 0, 0}, {2, 2, 5})), 1 + 0 + 4, 1e-9);  // sum of (s - s')^2
  EXPECT_NEAR(frechet_distance(a, exact_gaussian({0, 1, 0}, {0, 2, 3})), 1 + 1, 1e-9);      // a flat direction
}

TEST(FrechetDistance, FewImagesGiveTheSameNumberAsManyFormulas) {
  // Doubling every row leaves mean and (nearly) covariance, but passes the border between both ways to the trace.
  const Features a = normal_rows(24, 40, 0, 1);
  const Features b = normal_rows(30, 40, 0.5, 2);
  Features a2(48, 40), b2(60, 40);
  a2 << a, a;
  b2 << b, b;
  const auto scaled = [](const Features& x, double factor) {
    const Eigen::RowVectorXd mean = x.colwise().mean();
    return Features(((x.rowwise() - mean) * std::sqrt(factor)).rowwise() + mean);
  };
  const double few = frechet_distance(a, b);
  const double many = frechet_distance(scaled(a2, 47.0 / 46.0), scaled(b2, 59.0 / 58.0));
  EXPECT_GT(few, 1);
  EXPECT_NEAR(few, many, 1e-6 * few);
}

TEST(FrechetDistance, RefusesSetsWithoutSpread) {
  EXPECT_THROW(frechet_distance(Features::Zero(1, 4), Features::Zero(5, 4)), Error);
  EXPECT_THROW(frechet_distance(Features::Zero(5, 4), Features::Zero(5, 3)), Error);
}

TEST(KernelDistance, EqualsTheFormulaByHand) {
  // One dimension: k(x,y) = (xy + 1)^3.
  Features a(2, 1), b(2, 1);
  a << 0, 1;
  b << 2, 3;
  const double aa = 1;                        // k(0,1)
  const double bb = 343;                      // k(2,3)
  const double ab = (1 + 1 + 27 + 64) / 4.0;  // k(0,2), k(0,3), k(1,2), k(1,3)
  EXPECT_DOUBLE_EQ(kernel_distance(a, b), aa + bb - 2 * ab);
}

TEST(KernelDistance, IsUnbiasedWhereTheFrechetDistanceIsNot) {
  // Two samples of one distribution, fewer than its dimensions.
  double kernel = 0, frechet = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Features a = normal_rows(30, 64, 0, 2 * seed);
    const Features b = normal_rows(30, 64, 0, 2 * seed + 1);
    kernel += kernel_distance(a, b) / 8;
    frechet += frechet_distance(a, b) / 8;
  }
  const double shifted = kernel_distance(normal_rows(30, 64, 0, 100), normal_rows(30, 64, 1, 101));
  EXPECT_LT(std::abs(kernel), 0.02 * shifted);
  EXPECT_GT(frechet, 20);
}

TEST(KernelDistance, IsTheSameInBlocks) {
  const Features a = normal_rows(700, 8, 0, 5);
  const Features b = normal_rows(600, 8, 0.3, 6);
  double aa = 0, bb = 0, ab = 0;
  const auto k = [](const auto& x, const auto& y) { return std::pow(x.dot(y) / 8 + 1, 3); };
  for (int i = 0; i < 700; ++i) {
    for (int j = 0; j < 700; ++j) aa += i == j ? 0 : k(a.row(i), a.row(j));
    for (int j = 0; j < 600; ++j) ab += k(a.row(i), b.row(j));
  }
  for (int i = 0; i < 600; ++i) {
    for (int j = 0; j < 600; ++j) bb += i == j ? 0 : k(b.row(i), b.row(j));
  }
  EXPECT_NEAR(kernel_distance(a, b), aa / (700 * 699) + bb / (600 * 599) - 2 * ab / (700 * 600), 1e-9);
}

}  // namespace
}  // namespace genga::eval
