// Measures single frames: change, sharpness, text, black bars, combing.
#include "curate/frames/frame_measures.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace genga::curate {
namespace {

constexpr int kBlack = 20;              // grey level up to which a bar is black
constexpr double kSeenFraction = 0.02;  // of a row that must be brighter
constexpr double kSeenFrames = 0.1;     // of the frames in which a row of the image is seen
constexpr int kAlternation = 15;        // levels between the rows of two fields

cv::Mat grey_of(const cv::Mat& frame) {
  cv::Mat grey;
  cv::cvtColor(frame, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

/// 4 x 4 x 4 colors, as fractions of the frame.
std::vector<float> histogram_of(const cv::Mat& frame) {
  std::vector<float> histogram(64);
  const float one = 1 / static_cast<float>(frame.total());
  for (int y = 0; y < frame.rows; ++y) {
    const auto* row = frame.ptr<cv::Vec3b>(y);
    for (int x = 0; x < frame.cols; ++x) {
      histogram[static_cast<std::size_t>((row[x][0] >> 6) * 16 + (row[x][1] >> 6) * 4 + (row[x][2] >> 6))] += one;
    }
  }
  return histogram;
}

bool is_plain(const cv::Mat& frame) {
  cv::Scalar mean, spread;
  cv::meanStdDev(frame, mean, spread);
  return std::max({spread[0], spread[1], spread[2]}) < 7;
}

/// 255 where rows y-2 .. y+2 alternate.
cv::Mat alternating(const cv::Mat& grey) {
  cv::Mat mask = cv::Mat::zeros(grey.size(), CV_8U);
  for (int y = 2; y + 2 < grey.rows; ++y) {
    const auto *a = grey.ptr(y - 2), *b = grey.ptr(y - 1), *c = grey.ptr(y), *d = grey.ptr(y + 1), *e = grey.ptr(y + 2);
    auto* out = mask.ptr(y);
    for (int x = 0; x < grey.cols; ++x) {
      const int up = b[x] - c[x], down = d[x] - c[x];
      const bool apart = std::min(std::abs(up), std::abs(down)) > kAlternation && (up > 0) == (down > 0);
      if (apart && std::abs(a[x] - c[x]) < kAlternation && std::abs(e[x] - c[x]) < kAlternation) out[x] = 255;
    }
  }
  return mask;
}

}  // namespace

float FrameMeter::change_to(const cv::Mat& frame, const cv::Mat& edges) {
  cv::Mat near;
  cv::dilate(edges, near, cv::Mat::ones(5, 5, CV_8U));
  std::vector<float> histogram = histogram_of(frame);
  double change = 0;
  if (before_.size() == frame.size()) {
    cv::Mat difference;
    cv::absdiff(frame, before_, difference);
    const cv::Scalar mean = cv::mean(difference);
    float moved = 0;  // of the colors
    for (std::size_t i = 0; i < histogram.size(); ++i) moved += std::abs(histogram[i] - before_histogram_[i]);
    // Edges that have none near them in the other frame (Zabih, Miller, Mai 1995, "edge change ratio").
    const double n = std::max(cv::countNonZero(edges) + cv::countNonZero(before_edges_), 50);
    const double lost = cv::countNonZero(edges & ~before_near_) + cv::countNonZero(before_edges_ & ~near);
    change = std::max({mean[0], mean[1], mean[2]}) / 2 + 25 * moved / 2 + 25 * lost / n;
  }
  before_ = frame.clone();
  before_edges_ = edges;
  before_near_ = near;
  before_histogram_ = std::move(histogram);
  return static_cast<float>(change);
}

FrameMeasures FrameMeter::measure(const cv::Mat& frame, double time_s) {
  FrameMeasures measures{.time_s = time_s};
  const cv::Mat grey = grey_of(frame);
  cv::Mat edges, laplacian;
  cv::Canny(grey, edges, 60, 150);
  measures.change = change_to(frame, edges);
  cv::Laplacian(grey, laplacian, CV_16S);
  cv::Scalar mean, spread;
  cv::meanStdDev(laplacian, mean, spread);
  measures.sharpness = static_cast<float>(spread[0]);
  measures.plain = is_plain(frame);
  measures.text = !measures.plain && is_text_screen(frame);
  cv::meanStdDev(grey, mean, spread);
  measures.lit = mean[0] > 30 && spread[0] > 12;
  return measures;
}

bool is_text_screen(const cv::Mat& frame) {
  // The most frequent color is taken for the ground.
  std::vector<int> counts(512);
  const auto bin = [](const cv::Vec3b& c) {
    return static_cast<std::size_t>((c[0] >> 5) * 64 + (c[1] >> 5) * 8 + (c[2] >> 5));
  };
  for (int y = 0; y < frame.rows; ++y) {
    for (int x = 0; x < frame.cols; ++x) ++counts[bin(frame.at<cv::Vec3b>(y, x))];
  }
  const auto commonest = static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  cv::Vec3d sum;
  for (int y = 0; y < frame.rows; ++y) {
    for (int x = 0; x < frame.cols; ++x) {
      if (bin(frame.at<cv::Vec3b>(y, x)) == commonest) sum += cv::Vec3d(frame.at<cv::Vec3b>(y, x));
    }
  }
  const cv::Vec3d ground = sum / counts[commonest];
  const cv::Scalar color(ground[0], ground[1], ground[2]);
  cv::Mat is_ground, labels, stats, centres;
  cv::inRange(frame, color - cv::Scalar::all(18), color + cv::Scalar::all(18), is_ground);
  const double fraction = static_cast<double>(cv::countNonZero(is_ground)) / static_cast<double>(frame.total());
  if (fraction < 0.75) return false;
  const int n = cv::connectedComponentsWithStats(~is_ground, labels, stats, centres, 8);
  int letters = 0;
  for (int i = 1; i < n; ++i) {
    const int* s = stats.ptr<int>(i);
    if (s[cv::CC_STAT_HEIGHT] > frame.rows / 4 || s[cv::CC_STAT_AREA] > 0.04 * static_cast<double>(frame.total())) {
      return false;  // something larger than letters
    }
    letters += s[cv::CC_STAT_AREA] >= 4;
  }
  return letters >= 6;
}

void BarFinder::add(const cv::Mat& frame) {
  const cv::Mat seen = grey_of(frame) > kBlack;
  if (rows_.empty()) {
    rows_.resize(static_cast<std::size_t>(frame.rows));
    columns_.resize(static_cast<std::size_t>(frame.cols));
  }
  if (rows_.size() != static_cast<std::size_t>(frame.rows)) return;
  for (int y = 0; y < frame.rows; ++y) {
    rows_[static_cast<std::size_t>(y)] += cv::countNonZero(seen.row(y)) > kSeenFraction * frame.cols;
  }
  for (int x = 0; x < frame.cols; ++x) {
    columns_[static_cast<std::size_t>(x)] += cv::countNonZero(seen.col(x)) > kSeenFraction * frame.rows;
  }
  ++n_frames_;
}

std::array<int, 2> BarFinder::inner(const std::vector<int>& n_lit, int n_frames) {
  const auto is_image = [&](int n) { return n > kSeenFrames * n_frames; };
  const auto first = std::find_if(n_lit.begin(), n_lit.end(), is_image);
  const auto last = std::find_if(n_lit.rbegin(), n_lit.rend(), is_image);
  const int size = static_cast<int>(n_lit.size());
  const int begin = static_cast<int>(first - n_lit.begin()), end = size - static_cast<int>(last - n_lit.rbegin());
  if (end - begin < size / 3) return {0, size};
  return {begin, end};
}

cv::Rect BarFinder::image() const {
  if (n_frames_ == 0) return {};
  const auto [top, bottom] = inner(rows_, n_frames_);
  const auto [left, right] = inner(columns_, n_frames_);
  return {left, top, right - left, bottom - top};
}

double combing(const cv::Mat& frame) {
  return static_cast<double>(cv::countNonZero(alternating(grey_of(frame)))) / static_cast<double>(frame.total());
}

cv::Mat without_combing(const cv::Mat& frame) {
  cv::Mat mask = alternating(grey_of(frame));
  cv::dilate(mask, mask, cv::Mat::ones(5, 7, CV_8U));
  cv::Mat result = frame.clone();
  for (int y = 1; y < frame.rows; y += 2) {
    const auto *above = frame.ptr<cv::Vec3b>(y - 1), *below = frame.ptr<cv::Vec3b>(std::min(y + 1, frame.rows - 1));
    for (int x = 0; x < frame.cols; ++x) {
      if (mask.at<std::uint8_t>(y, x) == 0) continue;
      for (int c = 0; c < 3; ++c) {
        result.at<cv::Vec3b>(y, x)[c] =
            static_cast<std::uint8_t>((above[x][c] + (y + 1 < frame.rows ? below[x][c] : above[x][c]) + 1) / 2);
      }
    }
  }
  return result;
}

std::uint64_t difference_hash(const cv::Mat& frame) {
  cv::Mat small;
  cv::resize(grey_of(frame), small, {9, 8}, 0, 0, cv::INTER_AREA);
  std::uint64_t hash = 0;
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) {
      hash = hash << 1 | static_cast<std::uint64_t>(small.at<std::uint8_t>(y, x) < small.at<std::uint8_t>(y, x + 1));
    }
  }
  return hash;
}

}  // namespace genga::curate
