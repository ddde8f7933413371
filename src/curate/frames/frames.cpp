// Takes images out of videos in two passes: the first, at a small size, finds scenes, bars and a few good frames of
// each scene; the second, at full size, takes the sharpest of these. So memory does not grow with the video.
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <set>

#include "curate/cut/cutter.h"
#include "curate/frames/frame_measures.h"
#include "curate/frames/scenes.h"
#include "curate/mat.h"
#include "curate/opencv_quiet.h"
#include "genga/text.h"
#include "genga/video.h"

namespace genga::curate {
namespace {

namespace fs = std::filesystem;

constexpr int kFramesOfSlot = 3;  // that are compared at full size
constexpr int kAwayFromCut = 2;   // frames
constexpr double kFallbackRate = 25;

/// One image to take: the sharpest of these frames.
struct FrameSlot {
  int scene = 0;
  std::vector<int> frames{};  // rising
};

struct VideoPlan {
  std::vector<FrameSlot> slots{};
  std::vector<double> times{};
  cv::Rect2d image{0, 0, 1, 1};  // without bars, fractions of width and height
  int n_scenes = 0;
  std::map<std::string, std::int64_t> left_out{};
};

/// Turns the time stamps of a video into times that always rise.
class RisingClock {
 public:
  explicit RisingClock(double rate) : step_(1 / (rate > 0 && rate < 1000 ? rate : kFallbackRate)) {}
  double next(double stamp) {
    const bool rises = std::isfinite(stamp) && stamp > last_ + step_ / 100;
    last_ = last_ < 0 ? (std::isfinite(stamp) ? std::max(stamp, 0.0) : 0) : rises ? stamp : last_ + step_;
    return last_;
  }

 private:
  const double step_;
  double last_ = -1;
};

double part_done(const video::VideoInfo& info, double time_s) {
  return info.duration_s > 0 ? std::clamp(time_s / info.duration_s, 0.0, 1.0) : 0;
}

/// The first pass: measures every frame at a small size and plans which frames to look at again.
class FirstPass {
 public:
  FirstPass(const CutInput& source, const FrameOptions& options, int threads, Output& output)
      : options_(options), output_(output), video_(source.path, {.long_side_px = kAnalysisPx, .threads = threads}) {}

  VideoPlan run() {
    RisingClock clock(video_.info().frames_per_s);
    SceneFinder scenes(options_.scene_threshold);
    double last_vote = -1;
    while (const auto frame = video_.next()) {
      const double time = clock.next(frame->time_s);
      if (options_.end_s > 0 && time > options_.end_s) break;
      const cv::Mat mat = as_mat(frame->image);
      measures_.push_back(meter_.measure(mat, time));
      scenes.add(mat, measures_.back().change);
      if (measures_.back().lit && time - last_vote > 0.4) {
        bars_.add(mat);
        last_vote = time;
      }
      if (measures_.size() % 16 == 0) output_.progress(part_done(video_.info(), time) / 2);
    }
    if (video_.n_damaged() > 0) output_.measure("damaged packets", static_cast<double>(video_.n_damaged()));
    for (const FrameMeasures& m : measures_) plan_.times.push_back(m.time_s);
    if (!options_.keep_bars) plan_.image = image_without_bars();
    options_.every_s > 0 ? plan_every() : plan_scenes(scenes.scenes());
    thin_out();
    return std::move(plan_);
  }

 private:
  /// One measured pixel more than the bar is taken off, because that pixel may hold a part of it.
  cv::Rect2d image_without_bars() const {
    const cv::Rect inner = bars_.image();
    const cv::Size size(video_.info().width, video_.info().height);
    if (inner.empty() || inner.size() == size) return {0, 0, 1, 1};
    const int left = inner.x > 0 ? inner.x + 1 : 0, top = inner.y > 0 ? inner.y + 1 : 0;
    const int right = inner.br().x < size.width ? inner.br().x - 1 : size.width;
    const int bottom = inner.br().y < size.height ? inner.br().y - 1 : size.height;
    const double w = size.width, h = size.height;
    return {left / w, top / h, (right - left) / w, (bottom - top) / h};
  }

  const FrameMeasures& at(int frame) const { return measures_[static_cast<std::size_t>(frame)]; }

  bool usable(int frame) const {
    return !at(frame).plain && (options_.keep_text || !at(frame).text) && at(frame).time_s >= options_.start_s;
  }

  void plan_scenes(const std::vector<Scene>& scenes) {
    for (const Scene& scene : scenes) {
      if (at(scene.last).time_s < options_.start_s) continue;
      ++plan_.n_scenes;
      std::int64_t n_plain = 0, n_text = 0, n_usable = 0;
      for (int i = scene.first; i <= scene.last; ++i) {
        n_plain += at(i).plain;
        n_text += at(i).text;
        n_usable += usable(i);
      }
      const std::int64_t n = scene.last - scene.first + 1;
      if (n_usable == 0 || 2 * n_plain > n || (!options_.keep_text && 2 * n_text > n)) {
        ++plan_.left_out[n_plain >= n_text ? "black, white or plain scene" : "credits or title"];
      } else if (at(scene.last).time_s - at(scene.first).time_s < options_.min_scene_s && scenes.size() > 1) {
        ++plan_.left_out["shorter than --min-scene"];
      } else {
        for (int k = 0; k < options_.per_scene; ++k) {
          const auto cut = [&](int part) { return scene.first + static_cast<int>(n * part / options_.per_scene); };
          add_slot(cut(k), cut(k + 1) - 1);
        }
      }
    }
  }

  void plan_every() {
    int begin = 0;
    const int n = static_cast<int>(measures_.size());
    const double tolerance_s = std::min(0.25, options_.every_s / 4);
    for (int k = 0; begin < n; ++k) {
      const double time = options_.start_s + k * options_.every_s;
      while (begin < n && at(begin).time_s < time - tolerance_s) ++begin;
      int end = begin;
      while (end < n && at(end).time_s <= time + tolerance_s) ++end;
      if (begin >= n) break;
      ++plan_.n_scenes;
      if (end == begin) end = begin + 1;
      if (!add_slot(begin, end - 1)) ++plan_.left_out["black, white or plain frame, credits or title"];
      begin = end;
    }
  }

  /// Plans the best frames from first to last; those near the middle are preferred.
  bool add_slot(int first, int last) {
    const int n = last - first + 1;
    const int margin = n > 6 * kAwayFromCut ? kAwayFromCut : 0;
    std::vector<std::pair<double, int>> scores;
    for (int i = first + margin; i <= last - margin; ++i) {
      if (!usable(i)) continue;
      const double motion =
          (at(i).change + (i + 1 < static_cast<int>(measures_.size()) ? at(i + 1).change : at(i).change)) / 2;
      const double off_middle = std::abs(2.0 * (i - first) / std::max(n - 1, 1) - 1);
      scores.emplace_back(at(i).sharpness / (1 + std::min(motion, 40.0) / 15) * (1 - 0.3 * off_middle), i);
    }
    std::sort(scores.rbegin(), scores.rend());
    FrameSlot slot{.scene = plan_.n_scenes};
    for (const auto& [score, frame] : scores) {
      const bool near = std::any_of(slot.frames.begin(), slot.frames.end(), [&, frame = frame](int other) {
        return std::abs(other - frame) < std::max(2, n / 12);
      });
      if (!near) slot.frames.push_back(frame);
      if (slot.frames.size() == kFramesOfSlot) break;
    }
    if (slot.frames.empty()) return false;
    std::sort(slot.frames.begin(), slot.frames.end());
    plan_.slots.push_back(std::move(slot));
    return true;
  }

  void thin_out() {
    const auto n = plan_.slots.size(), maximum = static_cast<std::size_t>(options_.max_frames);
    if (maximum == 0 || n <= maximum) return;
    std::vector<FrameSlot> kept;
    for (std::size_t i = 0; i < maximum; ++i) kept.push_back(std::move(plan_.slots[(2 * i + 1) * n / (2 * maximum)]));
    plan_.slots = std::move(kept);
    plan_.left_out["more than --max-frames"] += static_cast<std::int64_t>(n - maximum);
  }

  const FrameOptions& options_;
  Output& output_;
  video::VideoReader video_;
  FrameMeter meter_;
  BarFinder bars_;
  std::vector<FrameMeasures> measures_;
  VideoPlan plan_;
};

/// The second pass: decodes at full size and takes the best frame of each slot.
class SecondPass {
 public:
  SecondPass(const CutInput& source, const FrameOptions& options, const VideoPlan& plan, int threads, Output& output)
      : source_(source), options_(options), plan_(plan), output_(output), video_(source.path, {.threads = threads}) {
    const video::VideoInfo& info = video_.info();
    const auto px = [](double fraction, int size) { return static_cast<int>(std::lround(fraction * size)); };
    crop_ = cv::Rect(cv::Point(px(plan.image.x, info.width), px(plan.image.y, info.height)),
                     cv::Point(px(plan.image.br().x, info.width), px(plan.image.br().y, info.height)));
  }

  void run() {
    const int last = plan_.slots.empty() ? -1 : plan_.slots.back().frames.back();
    std::size_t slot = 0;
    for (int i = 0; i <= last; ++i) {
      const auto frame = video_.next();
      if (!frame) break;
      if (i % 16 == 0) output_.progress(0.5 + 0.5 * i / (last + 1));
      const std::vector<int>& wanted = plan_.slots[slot].frames;
      if (std::find(wanted.begin(), wanted.end(), i) == wanted.end()) continue;
      consider(frame->image, i);
      if (i == wanted.back()) {
        finish(plan_.slots[slot].scene);
        if (++slot == plan_.slots.size()) break;
      }
    }
  }

 private:
  struct Best {
    cv::Mat image{};
    double score = -1, sharpness = 0, combing = 0;
    int frame = 0;
  };

  void consider(const image::Image& frame, int number) {
    const cv::Mat image = as_mat(frame)(crop_ & cv::Rect(0, 0, frame.width, frame.height));
    cv::Mat grey, edges;
    cv::cvtColor(image, grey, cv::COLOR_RGB2GRAY);
    cv::Laplacian(grey, edges, CV_16S);
    cv::Scalar mean, spread;
    cv::meanStdDev(edges, mean, spread);
    const double comb = combing(image);
    const double score = comb > kCombed ? spread[0] / 100 : spread[0];  // combs look like sharp edges
    if (score > best_.score) best_ = {image.clone(), score, spread[0], comb, number};
  }

  void finish(int scene) {
    Best best = std::exchange(best_, {});
    const std::uint64_t hash = difference_hash(best.image);
    const bool known = std::any_of(hashes_.begin(), hashes_.end(), [&](std::uint64_t other) {
      return std::popcount(hash ^ other) <= options_.duplicate_bits;
    });
    if (known) return output_.leave_out("like an earlier image", 1);
    hashes_.push_back(hash);
    if (best.combing > kCombed) {
      best.image = without_combing(best.image);
      output_.measure("deinterlaced", 1);
    }
    image::Image image = to_image(best.image);
    if (options_.size_px > 0 && options_.size_px < std::max(image.width, image.height)) {
      image = image::resize(image, {.long_side = options_.size_px});
    }
    const double time = plan_.times[static_cast<std::size_t>(best.frame)];
    const auto ms = static_cast<std::int64_t>(std::llround(time * 1000));
    output_.put({.image = std::move(image),
                 .name = fmt::format("{}_{:02}h{:02}m{:02}s{:03}", source_.name, ms / 3'600'000, ms / 60'000 % 60,
                                     ms / 1000 % 60, ms % 1000),
                 .box = {{crop_.x, crop_.y, crop_.width, crop_.height}},
                 .time_s = time,
                 .measures = {{"scene", scene}, {"frame_sharpness", best.sharpness}, {"frame_combing", best.combing}}});
  }

  const CutInput& source_;
  const FrameOptions& options_;
  const VideoPlan& plan_;
  Output& output_;
  video::VideoReader video_;
  cv::Rect crop_;
  Best best_;
  std::vector<std::uint64_t> hashes_;
};

void cut_video(const CutInput& source, const FrameOptions& options, int threads, Output& output) {
  const VideoPlan plan = FirstPass(source, options, threads, output).run();
  output.measure("scenes", plan.n_scenes);
  output.measure("frames", static_cast<double>(plan.times.size()));
  for (const auto& [reason, n] : plan.left_out) output.leave_out(reason, n);
  if (plan.times.empty() || plan.times.back() < options.start_s) {
    fail(ErrorCode::kInvalidArgument, "video '{}' ends after {:.1f} s, before --start {:.1f}", source.path.string(),
         plan.times.empty() ? 0.0 : plan.times.back(), options.start_s);
  }
  if (plan.image.area() < 1) {
    output.note(fmt::format("{}: black bars taken off, {:.0f} % of each frame is image",
                            source.path.filename().string(), plan.image.area() * 100));
  }
  SecondPass(source, options, plan, threads, output).run();
}

bool looks_like_video(const fs::path& path) {
  static const std::set<std::string> kSuffixes = {".mp4", ".m4v", ".mov",  ".mkv", ".webm", ".avi", ".mpg", ".mpeg",
                                                  ".m2v", ".ts",  ".m2ts", ".mts", ".vob",  ".ogv", ".ogm", ".wmv",
                                                  ".flv", ".3gp", ".divx", ".y4m", ".asf",  ".rm",  ".rmvb"};
  return kSuffixes.contains(to_lower(path.extension().string()));
}

}  // namespace

CutReport cut_frames(const Paths& inputs, const FrameOptions& options, const CutOptions& cut) {
  quiet_opencv();
  if (options.end_s > 0 && options.end_s <= options.start_s) {
    fail(ErrorCode::kInvalidArgument, "--end {} is not after --start {}", options.end_s, options.start_s);
  }
  CutInputs list = list_inputs(inputs, cut.output, looks_like_video, "videos");
  for (CutInput& source : list.files) {
    const Provenance& known = options.provenance;
    const auto set = [](std::string& field, const std::string& text) {
      if (!text.empty()) field = text;
    };
    set(source.entry.licence, known.licence);
    set(source.entry.author, known.author);
    set(source.entry.attribution, known.attribution);
    set(source.entry.source, known.source);
  }
  const std::string key = fmt::format(
      "{} a scene, {} s to {} s, every {} s, at most {}, threshold {}, scenes from {} s, {}{}{} bits alike, size {}",
      options.per_scene, options.start_s, options.end_s, options.every_s, options.max_frames, options.scene_threshold,
      options.min_scene_s, options.keep_bars ? "with bars, " : "", options.keep_text ? "with text, " : "",
      options.duplicate_bits, options.size_px);
  return run_cut(
      list,
      {.operation = "frame",
       .options = key,
       .run = [&](const CutInput& source, Output& output) { cut_video(source, options, cut.threads, output); },
       .threads = 1},  // the decoder has threads of its own
      cut);
}

}  // namespace genga::curate
