#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "eval/measures/frechet.h"
#include "eval/measures/kernel_distance.h"
#include "eval/measures/measures.h"
#include "eval/measures/metrics.h"
#include "eval/images.h"
#include "eval/measures/warping.h"
#include "genga/error.h"
#include "genga/eval.h"
#include "genga/stylize.h"
#include "genga/video.h"

namespace genga::eval {
namespace {

using Change = std::function<image::Image(const image::Image&)>;

constexpr int kFewPhotos = 10;

void check(const EvalOptions& o) {
  const auto in = [](const char* name, int value, int low, int high) {
    if (value >= low && value <= high) return;
    fail(ErrorCode::kInvalidArgument, "{} is {}; expected {} to {}", name, value, low, high);
  };
  in("size", o.size_px, 64, 2048);
  in("number of photos", o.max_photos, 2, 100000);
  in("number of style images", o.max_style, 2, 100000);
  in("number of frames", o.max_frames, 2, 10000);
}

/// What is wrong with the video or with every model is said before minutes go into measuring the images.
void check_inputs(std::span<const Candidate> candidates, const Sources& sources) {
  if (!sources.video.empty()) video::VideoReader{sources.video};
  std::optional<Error> first;
  for (const Candidate& candidate : candidates) {
    try {
      stylize::open_style(candidate.model);
      return;
    } catch (const Error& error) {
      if (!first) first = error;
    }
  }
  if (first) throw Error(*first);
}

class Evaluation {
 public:
  Evaluation(const Sources& sources, const EvalOptions& options, std::size_t n_candidates)
      : sources_(sources), options_(options) {
    check(options);
    report_.size_px = options.size_px;
    report_.min_edges = options.min_edges;
    report_.min_structure = options.min_structure;
    n_items_ = static_cast<int>(n_candidates) + 2 + (sources.video.empty() ? 0 : 1);
    open_nets();
    report_.metrics = metrics_of(names_, !sources.video.empty());
  }

  void describe_style() {
    const Paths paths = thinned(sources_.style, options_.max_style);
    if (paths.size() < sources_.style.size()) {
      report_.notes.push_back(fmt::format("{} of {} style images were used", paths.size(), sources_.style.size()));
    }
    SetDescription style(nets_, options_.size_px, static_cast<int>(paths.size()));
    begin_item("style images", paths.size());
    for_each_image(paths, options_.size_px, report_.notes, [&](const image::Image& image) {
      style.add(image);
      ++report_.n_style;
      advance();
    });
    check_enough(report_.n_style, "style images");
    for (std::size_t i = 0; i < nets_.size(); ++i) {
      Features features = style.features(i);
      if (names_[i].frechet != "FID") {
        // Networks differ in scale by orders of magnitude, and the kernel's constant 1 must count beside x.y / d.
        const double squares = features.squaredNorm() / static_cast<double>(features.size());
        scales_[i] = squares > 0 ? 1 / std::sqrt(squares) : 1;
      }
      style_features_.emplace_back(features * scales_[i]);
    }
    for (int level = 0; level < style.pyramid().n_levels(); ++level) {
      report_.level_px.push_back(style.pyramid().level_px(level));
    }
    style_patches_.emplace(style.pyramid());
  }

  void measure_photos() {
    const Paths paths = thinned(sources_.photos, options_.max_photos);
    for_each_image(paths, options_.size_px, report_.notes,
                     [&](image::Image image) { photos_.push_back(std::move(image)); });
    report_.n_photos = static_cast<int>(photos_.size());
    check_enough(report_.n_photos, "photos");
    if (!sources_.video.empty()) {
      begin_item("video", 1);
      video_ = read_video(sources_.video, options_.size_px, options_.max_frames, options_.cancel);
      report_.n_frames = static_cast<int>(video_->frames.size());
      if (video_->n_cuts > 0) {
        report_.notes.push_back(fmt::format(
            "video '{}': {} of {} pairs of frames were passed over, because too little of the image was found again",
            sources_.video.string(), video_->n_cuts, video_->frames.size() - 1));
      }
    }
    report_.photos.label = "photos";
    measure(report_.photos, [](const image::Image& photo) { return photo; });
    add_notes();
  }

  void measure_candidate(const Candidate& candidate) {
    Row row;
    row.label = candidate.label;
    row.model = candidate.model;
    try {
      weights::Model model = stylize::open_style(candidate.model);
      row.sha256 = model.sha256;
      stylize::Stylizer stylizer(std::move(model), {.threads = options_.threads});
      stylize::StylizeOptions how;
      how.cancel = options_.cancel;
      measure(row, [&](const image::Image& photo) { return stylizer.stylize(photo, how); });
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) throw;
      row.error = error.what();
      row.images.clear();
      row.swd_levels.clear();
      row.values.assign(report_.metrics.size(), std::numeric_limits<double>::quiet_NaN());
    }
    report_.rows.push_back(std::move(row));
  }

  Report take() {
    rank(report_);
    return std::move(report_);
  }

 private:
  void open_nets() {
    if (!sources_.inception.empty()) {
      nets_.emplace_back(sources_.inception, kInceptionSide, options_.threads);
      check_is_inception(nets_.back(), sources_.inception);
      names_.push_back({"FID", "KID"});
    }
    if (!sources_.features.empty()) {
      nets_.emplace_back(sources_.features, options_.size_px, options_.threads);
      names_.push_back({"FD-" + nets_.back().name(), "KD-" + nets_.back().name()});
    }
    scales_.assign(nets_.size(), 1.0);
  }

  void check_enough(int n, const char* what) const {
    if (n >= 2) return;
    const std::string why = report_.notes.empty() ? "" : fmt::format(" ({})", report_.notes.back());
    fail(ErrorCode::kInvalidArgument, "{} of the {} could be read; a distance needs at least 2{}", n, what, why);
  }

  void add_notes() {
    for (std::size_t i = 0; i < nets_.size(); ++i) {
      if (std::min(report_.n_photos, report_.n_style) >= nets_[i].dimensions()) continue;
      report_.notes.push_back(fmt::format(
          "{} photos and {} style images are fewer than the {} features of {}: its values are too high, so compare "
          "them only with values of the same images; {} has no such bias",
          report_.n_photos, report_.n_style, nets_[i].dimensions(), names_[i].frechet, names_[i].kernel));
    }
    if (report_.n_photos < kFewPhotos) {
      report_.notes.push_back(
          fmt::format("{} photos are few: small differences between checkpoints mean nothing", report_.n_photos));
    }
  }

  void measure(Row& row, const Change& change) {
    SetDescription results(nets_, options_.size_px, report_.n_photos);
    Fidelity fidelity;
    double seconds = 0;
    begin_item(row.label, photos_.size() + (video_ ? video_->frames.size() : 0));
    for (const image::Image& photo : photos_) {
      const auto start = std::chrono::steady_clock::now();
      image::Image result = change(photo);
      seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      results.add(result);
      fidelity.add(photo, result);
      if (is_shown(row.images.size(), static_cast<std::size_t>(fidelity.n - 1))) {
        row.images.push_back(std::move(result));
      }
      advance();
    }
    row.seconds_per_image = seconds / fidelity.n;
    add_style_values(row, results);
    for (const double sum : {fidelity.edges, fidelity.structure, fidelity.color_drift, fidelity.checkerboard}) {
      row.values.push_back(fidelity.mean(sum));
    }
    if (!video_) return;
    row.values.push_back(warping_error(*video_, [&](const image::Image& frame) {
      advance();
      return change(frame);
    }));
  }

  /// Whether photo `index` is the next of the sheet's, which are evenly spread over all photos.
  bool is_shown(std::size_t n_shown, std::size_t index) const {
    const auto n = std::min(photos_.size(), static_cast<std::size_t>(options_.preview_images));
    return n_shown < n && index == n_shown * photos_.size() / n;
  }

  void add_style_values(Row& row, const SetDescription& results) const {
    for (std::size_t i = 0; i < nets_.size(); ++i) {
      const Features features = results.features(i) * scales_[i];
      row.values.push_back(frechet_distance(features, style_features_[i]));
      row.values.push_back(kernel_distance(features, style_features_[i]));
    }
    row.swd_levels = Projections(results.pyramid()).distances(*style_patches_);
    row.values.push_back(std::accumulate(row.swd_levels.begin(), row.swd_levels.end(), 0.0) /
                         static_cast<double>(row.swd_levels.size()));
  }

  void begin_item(const std::string& name, std::size_t n_images) {
    item_name_ = name;
    total_ = static_cast<std::int64_t>(n_images);
    done_ = -1;
    ++item_;
    advance();
  }

  /// One more image is done; here cancellation is looked at.
  void advance() {
    ++done_;
    if (options_.cancel != nullptr) options_.cancel->check();
    const std::int64_t pixels = std::int64_t{options_.size_px} * options_.size_px;
    if (options_.progress) options_.progress(item_, n_items_, item_name_, done_ * pixels, total_ * pixels);
  }

  const Sources& sources_;
  const EvalOptions& options_;
  Report report_;
  std::vector<FeatureNet> nets_;
  std::vector<NamedNet> names_;
  std::vector<double> scales_;  // of features, by network
  std::vector<Features> style_features_;
  std::optional<Projections> style_patches_;
  std::vector<image::Image> photos_;
  std::optional<VideoFrames> video_;
  std::string item_name_;
  std::int64_t done_ = 0, total_ = 0;
  int item_ = -1, n_items_ = 0;
};

}  // namespace

Report evaluate(std::span<const Candidate> candidates, const Sources& sources, const EvalOptions& options) {
  Evaluation evaluation(sources, options, candidates.size());
  check_inputs(candidates, sources);
  evaluation.describe_style();
  evaluation.measure_photos();
  for (const Candidate& candidate : candidates) evaluation.measure_candidate(candidate);
  return evaluation.take();
}

}  // namespace genga::eval
