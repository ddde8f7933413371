// Finds rows of text without recognizing letters: small shapes of one height, darker or lighter than an even ground,
// that stand in rows of at least kLettersInRow.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "curate/clean/measures.h"

namespace genga::curate {
namespace {

constexpr int kMinHeight = 5, kMaxHeight = 64;  // of a letter, px
constexpr int kContrast = 28;                   // levels from the mean of its surroundings
constexpr int kWindow = 31;                     // px, of these surroundings
constexpr int kLettersInRow = 5;
constexpr std::size_t kLettersOnPage = 24;  // fewer are an ornament or a label
constexpr double kEvenGround = 14;          // most deviation between the letters, levels

struct Letter {
  cv::Rect box;
  bool used = false;
};

/// Components that may be letters by their shape: neither dots, nor lines, nor filled boxes.
std::vector<Letter> find_letters(const cv::Mat& ink) {
  cv::Mat labels, stats, centres;
  const int n = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8);
  std::vector<Letter> letters;
  for (int i = 1; i < n; ++i) {
    const cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                       stats.at<int>(i, cv::CC_STAT_WIDTH), stats.at<int>(i, cv::CC_STAT_HEIGHT));
    const double fill = static_cast<double>(stats.at<int>(i, cv::CC_STAT_AREA)) / box.area();
    if (box.height < kMinHeight || box.height > kMaxHeight || box.width < 1 || box.width > 6 * box.height) continue;
    if (fill < 0.12 || fill > 0.9) continue;
    letters.push_back({box});
  }
  return letters;
}

/// Whether b follows a in a row: of similar height, on the same line, no further away than a wide space.
bool follows(const cv::Rect& a, const cv::Rect& b) {
  const int tall = std::max(a.height, b.height), low = std::min(a.height, b.height);
  if (tall > 2.2 * low) return false;
  const int shared = std::min(a.br().y, b.br().y) - std::max(a.y, b.y);
  const int gap = b.x - a.br().x;
  return shared >= low / 2 && gap >= -low / 2 && gap <= 1.5 * tall;
}

/// Whether the lower edges of the letters lie on one line, which those of texture do not.
bool is_aligned(const std::vector<cv::Rect>& row) {
  std::vector<int> heights, bottoms;
  for (const cv::Rect& box : row) {
    heights.push_back(box.height);
    bottoms.push_back(box.br().y);
  }
  std::nth_element(heights.begin(), heights.begin() + heights.size() / 2, heights.end());
  const int height = heights[heights.size() / 2];
  std::vector<int> sorted = bottoms;
  std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
  const int line = sorted[sorted.size() / 2];
  const auto on_line = std::count_if(bottoms.begin(), bottoms.end(),
                                     [&](int b) { return std::abs(b - line) <= std::max(1, height / 8); });
  return static_cast<double>(on_line) >= 0.6 * static_cast<double>(row.size());
}

/// Whether the ground between the strokes (paper, a speech bubble, a sign) varies little.
bool is_on_even_ground(const cv::Mat& luma, const cv::Mat& thick_ink, const cv::Rect& row) {
  cv::Scalar mean, deviation;
  cv::meanStdDev(luma(row), mean, deviation, ~thick_ink(row));
  return deviation[0] <= kEvenGround;
}

/// luma, ink (255: stroke) and covered (1: text) are of one size. Returns how many letters stand in rows.
std::size_t mark_rows(const cv::Mat& luma, const cv::Mat& ink, std::vector<Letter>& letters, cv::Mat& covered) {
  cv::Mat thick_ink;
  cv::dilate(ink, thick_ink, cv::Mat::ones(3, 3, CV_8U));

  std::size_t n = 0;
  std::sort(letters.begin(), letters.end(), [](const Letter& a, const Letter& b) { return a.box.x < b.box.x; });
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters[i].used) continue;
    std::vector<cv::Rect> row{letters[i].box};
    std::vector<std::size_t> members{i};
    for (std::size_t k = i + 1; k < letters.size(); ++k) {
      if (letters[k].box.x > row.back().br().x + 2 * kMaxHeight) break;
      if (letters[k].used || !follows(row.back(), letters[k].box)) continue;
      row.push_back(letters[k].box);
      members.push_back(k);
    }
    if (row.size() < kLettersInRow || !is_aligned(row)) continue;
    cv::Rect whole = row.front();
    for (const cv::Rect& box : row) whole |= box;
    if (!is_on_even_ground(luma, thick_ink, whole)) continue;
    for (const std::size_t k : members) letters[k].used = true;
    n += members.size();
    const int margin = whole.height / 3;  // towards the next line
    const cv::Rect grown(whole.x, whole.y - margin, whole.width, whole.height + 2 * margin);
    covered(grown & cv::Rect(0, 0, covered.cols, covered.rows)).setTo(1);
  }
  return n;
}

}  // namespace

double text_fraction(const cv::Mat& luma) {
  if (std::min(luma.cols, luma.rows) < kWindow) return 0;
  cv::Mat mean, covered = cv::Mat::zeros(luma.size(), CV_8U);
  cv::blur(luma, mean, {kWindow, kWindow}, {-1, -1}, cv::BORDER_REFLECT_101);
  const cv::Mat dark = luma<mean - kContrast, light = luma> mean + kContrast;
  std::size_t n = 0;
  for (const cv::Mat& ink : {dark, light}) {
    std::vector<Letter> letters = find_letters(ink);
    n += mark_rows(luma, ink, letters, covered);
  }
  if (n < kLettersOnPage) return 0;
  return static_cast<double>(cv::countNonZero(covered)) / static_cast<double>(covered.total());
}

}  // namespace genga::curate
