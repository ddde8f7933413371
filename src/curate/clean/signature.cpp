// Reduces images to signatures, and hashes them by the signs of low DCT coefficients.
#include "curate/clean/signature.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

namespace genga::curate {
namespace {

constexpr int kHashPx = 32;   // what is transformed
constexpr int kHashSide = 8;  // coefficients kept in each direction

/// Rows 1..8 of the DCT-II of length kHashPx; row 0, the mean, does not depend on what is shown.
const cv::Mat& dct_rows() {
  static const cv::Mat rows = [] {
    cv::Mat m(kHashSide, kHashPx, CV_32F);
    for (int u = 0; u < kHashSide; ++u) {
      for (int x = 0; x < kHashPx; ++x) {
        m.at<float>(u, x) = static_cast<float>(std::cos(std::numbers::pi * (u + 1) * (x + 0.5) / kHashPx));
      }
    }
    return m;
  }();
  return rows;
}

template <std::size_t kSize>
cv::Mat as_mat(const std::array<std::uint8_t, kSize>& values, int side, int plane = 0) {
  return {side, side, CV_8U,
          const_cast<std::uint8_t*>(values.data()) + static_cast<std::ptrdiff_t>(plane) * side * side};
}

/// src must not be smaller than dst, or pixels are repeated.
void reduce_into(const cv::Mat& src, cv::Mat dst) {
  cv::resize(src, dst, dst.size(), 0, 0, cv::INTER_AREA);
}

}  // namespace

Signature signature_of(const cv::Mat& rgb) {
  Signature signature;
  cv::Mat small, ycc;
  cv::resize(rgb, small, {kLumaPx, kLumaPx}, 0, 0, cv::INTER_AREA);
  cv::cvtColor(small, ycc, cv::COLOR_RGB2YCrCb);
  std::array<cv::Mat, 3> planes;
  cv::split(ycc, planes.data());
  planes[0].copyTo(as_mat(signature.luma, kLumaPx));
  for (int c = 0; c < 2; ++c)
    reduce_into(planes[static_cast<std::size_t>(c) + 1], as_mat(signature.chroma, kChromaPx, c));
  return signature;
}

Signature mirrored(const Signature& signature) {
  Signature result;
  cv::flip(as_mat(signature.luma, kLumaPx), as_mat(result.luma, kLumaPx), 1);
  for (int c = 0; c < 2; ++c) {
    cv::flip(as_mat(signature.chroma, kChromaPx, c), as_mat(result.chroma, kChromaPx, c), 1);
  }
  return result;
}

std::uint64_t perceptual_hash(const Signature& signature, const Margins& cut) {
  const double width = 1 - cut.left - cut.right, height = 1 - cut.top - cut.bottom;
  cv::Mat luma, part;
  as_mat(signature.luma, kLumaPx).convertTo(luma, CV_32F);
  cv::GaussianBlur(luma, luma, {0, 0}, 0.6);  // sampling below is pointwise
  const cv::Matx23d map(width * kLumaPx / kHashPx, 0, (cut.left + width / (2 * kHashPx)) * kLumaPx - 0.5, 0,
                        height * kLumaPx / kHashPx, (cut.top + height / (2 * kHashPx)) * kLumaPx - 0.5);
  cv::warpAffine(luma, part, map, {kHashPx, kHashPx}, cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  const cv::Mat coefficients = dct_rows() * part * dct_rows().t();
  std::array<float, kHashSide * kHashSide> values{}, sorted{};
  std::copy_n(coefficients.ptr<float>(), values.size(), values.begin());
  sorted = values;
  std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
  const float median = sorted[sorted.size() / 2];
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < values.size(); ++i) hash |= static_cast<std::uint64_t>(values[i] > median) << i;
  return hash;
}

}  // namespace genga::curate
