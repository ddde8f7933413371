// Finds cuts, flashes and dissolves from changes between frames.
#include "curate/frames/scenes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>

namespace genga::curate {
namespace {

constexpr int kFlashFrames = 6;                  // longest flash
constexpr float kComesBack = 0.35F;              // of the flash's change is left when it is over
constexpr float kMinChange = 18;                 // of a cut
constexpr int kAround = 6;                       // frames on each side that a change is compared with
constexpr std::array kDissolves = {12, 24, 48};  // frames
constexpr double kMinApart = 18;                 // levels between both ends of a dissolve
constexpr double kMaxResidual = 0.22;            // of that, which no mix of both ends explains

double distance(const cv::Mat& a, const cv::Mat& b) {
  return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total() * 3);
}

struct Mix {
  double fraction = 0;  // of the second image
  double residual = 0;  // mean difference that is left
};

/// Least squares: how much of b is in `frame` between a and b.
Mix mix_of(const cv::Mat& frame, const cv::Mat& a, const cv::Mat& b) {
  const cv::Mat whole = b - a, done = frame - a;
  const double fraction = done.dot(whole) / std::max(whole.dot(whole), 1e-6);
  return {fraction, cv::norm(done - fraction * whole, cv::NORM_L1) / static_cast<double>(a.total() * 3)};
}

}  // namespace

void SceneFinder::add(const cv::Mat& frame, float change) {
  cv::Mat small;
  cv::resize(frame, small, {32, 18}, 0, 0, cv::INTER_AREA);
  small.convertTo(small, CV_32FC3);
  recent_.push_back(small);
  if (recent_.size() > kDissolves.back() + 1) recent_.pop_front();
  change_.push_back(change);
  flash_.push_back(0);
  look_for_flash();
  look_for_dissolve();
}

void SceneFinder::look_for_flash() {
  // A change is judged kFlashFrames later, when it is known whether the image before comes back. The end of a flash
  // counts as a flash, too.
  const int n = static_cast<int>(recent_.size());
  const int at = n - 1 - kFlashFrames;
  if (at < 1) return;
  const auto frame = [&](int i) -> const cv::Mat& { return recent_[static_cast<std::size_t>(i)]; };
  const double change = distance(frame(at - 1), frame(at));
  if (change < 4) return;
  bool back = false;
  for (int i = 1; i <= kFlashFrames; ++i) {
    back |= distance(frame(at - 1), frame(at + i)) < kComesBack * change;
    const int before = at - 1 - i;
    back |= before >= 0 && distance(frame(at), frame(before)) < kComesBack * change;
  }
  flash_[change_.size() - 1 - kFlashFrames] = back;
}

void SceneFinder::look_for_dissolve() {
  const int now = static_cast<int>(change_.size()) - 1;
  for (const int length : kDissolves) {
    if (static_cast<int>(recent_.size()) <= length) return;
    const auto frame = [&](int back) -> const cv::Mat& {
      return recent_[recent_.size() - 1 - static_cast<std::size_t>(back)];
    };
    const cv::Mat &a = frame(length), &b = frame(0);
    const double apart = distance(a, b);
    if (apart < kMinApart) continue;
    double fraction = 0.08;
    bool is_mix = true;
    for (const int part : {3, 2, 1}) {  // a quarter, a half and three quarters of the way
      const Mix mix = mix_of(frame(length * part / 4), a, b);
      is_mix &= mix.residual < kMaxResidual * apart && mix.fraction > fraction + 0.02 && mix.fraction < 0.97;
      fraction = mix.fraction;
    }
    if (!is_mix) continue;
    dissolves_.push_back({now - length, now});
    return;
  }
}

bool SceneFinder::is_cut(int frame) const {
  const float change = change_[static_cast<std::size_t>(frame)];
  if (change < kMinChange || is_flash(frame)) return false;
  std::vector<float> around;
  const int n = static_cast<int>(change_.size());
  for (int i = std::max(1, frame - kAround); i <= std::min(n - 1, frame + kAround); ++i) {
    if (i != frame) around.push_back(change_[static_cast<std::size_t>(i)]);
  }
  // In animation drawn on twos and threes most frames do not change at all: only the largest changes tell how much
  // moves.
  std::sort(around.begin(), around.end(), std::greater());
  const std::size_t largest = std::min<std::size_t>(3, around.size());
  double sum = 0;
  for (std::size_t i = 0; i < largest; ++i) sum += around[i];
  return change >= threshold_ * std::max(sum / static_cast<double>(std::max<std::size_t>(largest, 1)), 1.0);
}

std::vector<Scene> SceneFinder::scenes() const {
  const int n = static_cast<int>(change_.size());
  std::vector<Transition> transitions;
  std::vector<int> n_cuts(static_cast<std::size_t>(n) + 1);  // before each frame
  for (int i = 0; i < n; ++i) {
    const bool cut = i > 0 && is_cut(i);
    if (cut) transitions.push_back({i, i - 1});
    n_cuts[static_cast<std::size_t>(i) + 1] = n_cuts[static_cast<std::size_t>(i)] + cut;
  }
  for (const Transition& t : dissolves_) {
    // A shot may by chance look like a mix of its neighbours, but a dissolve has no cut in it.
    const bool smooth = n_cuts[static_cast<std::size_t>(t.first) + 1] == n_cuts[static_cast<std::size_t>(t.last) + 1];
    if (smooth) transitions.push_back(t);
  }
  std::sort(transitions.begin(), transitions.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Scene> scenes;
  int begin = 0;
  for (const Transition& t : transitions) {
    if (t.first > begin) scenes.push_back({begin, t.first - 1});
    begin = std::max(begin, t.last + 1);
  }
  if (begin < n) scenes.push_back({begin, n - 1});
  return scenes;
}

}  // namespace genga::curate
