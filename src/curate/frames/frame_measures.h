// What is measured on each frame of a video, at a small size, before any is chosen.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

namespace genga::curate {

inline constexpr int kAnalysisPx = 320;  // long side of the frames that are measured

struct FrameMeasures {
  double time_s = 0;
  float change = 0;     // against the frame before: 0..130; motion gives 5 to 20, a cut 40 and more
  float sharpness = 0;  // standard deviation of the Laplacian, in levels
  bool plain = false;   // black, white or of one color
  bool text = false;    // letters on a plain ground
  bool lit = false;     // bright enough to tell black bars from darkness
};

/// Threads: one at a time.
class FrameMeter {
 public:
  /// frame: RGB.
  FrameMeasures measure(const cv::Mat& frame, double time_s);

 private:
  float change_to(const cv::Mat& frame, const cv::Mat& edges);

  cv::Mat before_, before_edges_, before_near_;
  std::vector<float> before_histogram_;
};

/// Letters on a plain ground: credits and titles.
bool is_text_screen(const cv::Mat& frame);

/// Finds the black bars of a whole video. The caller adds bright frames only. What is seen in a bar now and then
/// (subtitles, the logo of a station) does not make it a part of the image.
class BarFinder {
 public:
  void add(const cv::Mat& frame);
  /// The image within frames of the size that was added; all of it if there are no bars.
  cv::Rect image() const;

 private:
  static std::array<int, 2> inner(const std::vector<int>& n_lit, int n_frames);

  std::vector<int> rows_, columns_;  // in how many frames anything is seen there
  int n_frames_ = 0;
};

/// Fraction of pixels in rows that alternate, because a frame holds two fields of different moments. Visible above
/// kCombed.
double combing(const cv::Mat& frame);
inline constexpr double kCombed = 0.003;
/// Replaces odd rows by the mean of their neighbours where rows alternate.
cv::Mat without_combing(const cv::Mat& frame);

/// Signs of the differences between neighbours at 9 x 8 pixels (dHash, Krawetz 2013). Hashes of similar images differ
/// in few bits.
std::uint64_t difference_hash(const cv::Mat& frame);

}  // namespace genga::curate
