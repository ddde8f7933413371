// One evaluation: describes the style images, measures the photos, then every model, and ranks them.
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <variant>

#include "eval/images.h"
#include "eval/measures/frechet.h"
#include "eval/measures/kernel_distance.h"
#include "eval/measures/measures.h"
#include "eval/measures/metrics.h"
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

/// Models in the order in which they are measured. Opening them up to the first that is whole, before minutes go into
/// measuring the images, says early when none is; what was opened then is not read again.
class OpenedModels {
 public:
  /// Throws the first model's Error if not one can be opened.
  explicit OpenedModels(std::span<const EvalModel> entries) : entries_(entries) {
    for (const EvalModel& entry : entries) {
      try {
        opened_.emplace_back(stylize::open_style(entry.model));
        return;
      } catch (const Error& error) {
        opened_.emplace_back(error);
      }
    }
    if (!opened_.empty()) throw Error(std::get<Error>(opened_.front()));
  }

  /// Once for each index. Throws Error as stylize::open_style() does.
  weights::Model take(std::size_t index) {
    if (index >= opened_.size()) return stylize::open_style(entries_[index].model);
    if (const Error* error = std::get_if<Error>(&opened_[index])) throw Error(*error);
    return std::move(std::get<weights::Model>(opened_[index]));
  }

 private:
  std::span<const EvalModel> entries_;
  std::vector<std::variant<weights::Model, Error>> opened_;  // of the first entries
};

class Evaluation {
 public:
  Evaluation(const EvalInputs& inputs, const EvalOptions& options, std::size_t n_models)
      : inputs_(inputs), options_(options) {
    check(options);
    report_.size_px = options.size_px;
    report_.min_edges = options.min_edges;
    report_.min_structure = options.min_structure;
    n_items_ = static_cast<int>(n_models) + 2 + (inputs.video.empty() ? 0 : 1);
    open_nets();
    report_.metrics = metrics_of(names_, !inputs.video.empty());
  }

  void describe_style() {
    const Paths paths = thinned(inputs_.style, options_.max_style);
    if (paths.size() < inputs_.style.size()) {
      report_.notes.push_back(fmt::format("{} of {} style images were used", paths.size(), inputs_.style.size()));
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
        // Networks differ in scale by orders of magnitude; the kernel is (x.y / d + 1)^3, so x.y / d must be near 1.
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
    const Paths paths = thinned(inputs_.photos, options_.max_photos);
    for_each_image(paths, options_.size_px, report_.notes,
                   [&](image::Image image) { photos_.push_back(std::move(image)); });
    report_.n_photos = static_cast<int>(photos_.size());
    check_enough(report_.n_photos, "photos");
    if (!inputs_.video.empty()) {
      begin_item("video", 1);
      video_ = read_video(inputs_.video, options_.size_px, options_.max_frames, options_.cancel);
      report_.n_frames = static_cast<int>(video_->frames.size());
      if (video_->n_cuts > 0) {
        report_.notes.push_back(fmt::format(
            "video '{}': {} of {} pairs of frames were passed over, because too little of the image was found again",
            inputs_.video.string(), video_->n_cuts, video_->frames.size() - 1));
      }
    }
    report_.photos.label = "photos";
    measure(report_.photos, [](const image::Image& photo) { return photo; });
    add_notes();
  }

  /// open: gives the model, or throws Error.
  void measure_model(const EvalModel& entry, const std::function<weights::Model()>& open) {
    Row row;
    row.label = entry.label;
    row.model = entry.model;
    try {
      weights::Model model = open();
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
    if (!inputs_.inception.empty()) {
      nets_.emplace_back(inputs_.inception, kInceptionSide, options_.threads);
      check_is_inception(nets_.back(), inputs_.inception);
      names_.push_back({"FID", "KID"});
    }
    if (!inputs_.features.empty()) {
      nets_.emplace_back(inputs_.features, options_.size_px, options_.threads);
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
    for (const double value : {fidelity.edge_width(), fidelity.thin_kept(), fidelity.mean(fidelity.flat),
                               fidelity.skin.light(), fidelity.skin.hue(), 100 * fidelity.mean(fidelity.blown)}) {
      row.values.push_back(value);
    }
    if (!video_) return;
    row.values.push_back(warping_error(*video_, [&](const image::Image& frame) {
      advance();
      return change(frame);
    }));
  }

  /// Whether photo `index` is the next one for the report; those are evenly spread over all photos.
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

  /// Counts one more image as done, reports progress, and throws if the evaluation was cancelled.
  void advance() {
    ++done_;
    if (options_.cancel != nullptr) options_.cancel->check();
    const std::int64_t pixels = std::int64_t{options_.size_px} * options_.size_px;
    if (options_.progress) options_.progress(item_, n_items_, item_name_, done_ * pixels, total_ * pixels);
  }

  const EvalInputs& inputs_;
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

Report evaluate(std::span<const EvalModel> models, const EvalInputs& inputs, const EvalOptions& options) {
  Evaluation evaluation(inputs, options, models.size());
  if (!inputs.video.empty()) video::VideoReader{inputs.video};  // throws if it cannot be read, before the measuring
  OpenedModels opened(models);
  evaluation.describe_style();
  evaluation.measure_photos();
  for (std::size_t i = 0; i < models.size(); ++i) evaluation.measure_model(models[i], [&] { return opened.take(i); });
  return evaluation.take();
}

}  // namespace genga::eval
