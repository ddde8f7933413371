// Latents drawn, images made of them and written.
#include "app_genga/sample/sample_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>

#include "app_genga/inputs.h"
#include "cli/interrupt.h"
#include "cli/progress_bar.h"
#include "genga/video.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint64_t> seeds_of(const SampleItem& item) {
  std::vector<std::uint64_t> seeds;
  for (const SamplePoint& point : item.points) {
    const std::uint64_t ends[] = {point.from, point.to};
    for (const std::uint64_t seed : std::span(ends, point.t > 0 ? 2 : 1)) {
      if (std::find(seeds.begin(), seeds.end(), seed) == seeds.end()) seeds.push_back(seed);
    }
  }
  return seeds;
}

std::string made_from(const std::vector<std::uint64_t>& seeds) {
  if (seeds.size() == 1) return fmt::format("Made by Genga from seed {}", seeds.front());
  return fmt::format("Made by Genga from seeds {} to {}", seeds.front(), seeds.back());
}

void put(const image::Image& image, image::RowWriter& writer) {
  std::vector<std::uint16_t> rows(image.rgb.size());
  std::transform(image.rgb.begin(), image.rgb.end(), rows.begin(),
                 [](std::uint8_t level) { return static_cast<std::uint16_t>(level * 257); });
  writer.write(rows);
}

/// Throws Error: kOutOfMemory if images of that size are too large to be held.
void check_size(const sample::Sampler& sampler, const image::TargetSize& size) {
  double width = size.width, height = size.height;
  if (size.long_side > 0) {
    const double scale = static_cast<double>(size.long_side) / std::max(sampler.width(), sampler.height());
    width = sampler.width() * scale;
    height = sampler.height() * scale;
  }
  if (width * height <= static_cast<double>(sample::kMaxSheetPixels)) return;
  fail(ErrorCode::kOutOfMemory, "--size: images of {:.0f} x {:.0f} pixels are larger than the limit of {} pixels",
       width, height, sample::kMaxSheetPixels);
}

class SampleJob {
 public:
  SampleJob(const LabelledModel& model, const SampleJobOptions& options, std::size_t n_items)
      : card_(model.model.card),
        options_(options),
        sampler_(model.model, {.threads = options.threads, .device = options.device, .precision = options.precision}),
        bar_(options.terminal, n_items) {
    sample::draw(sampler_.latent(), 0, options_.draw);  // a component that is not there
    check_size(sampler_, options_.size);
  }

  void run_item(const SampleItem& item, std::size_t index, SampleResult& result) {
    const auto start = std::chrono::steady_clock::now();
    try {
      interrupted().check();
      bar_.begin_item(index, item.path.filename().string());
      const bool to_stdout = item.path == kStdio;
      result.skipped = !to_stdout && skip_output(item.path, {}, options_.existing);
      if (!result.skipped) {
        if (!to_stdout) make_parent(item.path);
        item.kind == SampleKind::kVideo ? write_video(item, result) : write_rows(item, result);
      }
    } catch (const Error& error) {
      result.error = error;
    } catch (const std::bad_alloc&) {
      result.error = Error(ErrorCode::kOutOfMemory, fmt::format("'{}' does not fit into memory; give --size a smaller "
                                                                "value",
                                                                item.path.string()));
    }
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    report(result);
  }

 private:
  sample::Latent latent_at(const SamplePoint& point) const {
    const auto at = [&](std::uint64_t seed) { return sample::draw(sampler_.latent(), seed, options_.draw); };
    return point.t > 0 ? sample::between(at(point.from), at(point.to), point.t) : at(point.from);
  }

  image::Image image_at(const SampleItem& item, std::size_t index) {
    interrupted().check();
    image::Image image = sampler_.image(latent_at(item.points[index]));
    if (options_.size.wanted()) image = image::resize(image, options_.size);
    bar_.update(static_cast<std::int64_t>(index) + 1, std::ssize(item.points));
    return image;
  }

  image::Image contact_sheet(const SampleItem& item) {
    std::vector<image::Image> images;
    for (std::size_t i = 0; i < item.points.size(); ++i) images.push_back(image_at(item, i));
    return sample::contact_sheet(images, options_.grid.columns, options_.grid.rows);
  }

  /// An image, a contact sheet or the frames of an animation.
  void write_rows(const SampleItem& item, SampleResult& result) {
    const image::Image first = item.kind == SampleKind::kContactSheet ? contact_sheet(item) : image_at(item, 0);
    const int n_frames = item.kind == SampleKind::kAnimation ? static_cast<int>(item.points.size()) : 1;
    result.width = first.width;
    result.height = first.height;
    image::WriteOptions write = options_.write;
    write.frames = n_frames;
    write.frame_ms = std::max(1, static_cast<int>(std::lround(1000 / options_.frames_per_s)));
    if (options_.credit) write.comment = credit_line(made_from(result.seeds), card_);
    const image::Info info{.width = first.width, .height = first.height * n_frames};
    const bool to_stdout = item.path == kStdio;
    image::RowWriter writer =
        to_stdout ? image::RowWriter(info, nullptr, write) : image::RowWriter(item.path, info, nullptr, write);
    put(first, writer);
    for (int i = 1; i < n_frames; ++i) put(image_at(item, static_cast<std::size_t>(i)), writer);
    writer.finish();
    bar_.erase();
    if (to_stdout) write_stdout(writer.take_bytes());
  }

  void write_video(const SampleItem& item, SampleResult& result) {
    const image::Image first = image_at(item, 0);
    result.width = first.width;
    result.height = first.height;
    video::WriteOptions write{.frames_per_s = options_.frames_per_s, .threads = options_.threads};
    if (options_.credit) write.comment = credit_line(made_from(result.seeds), card_);
    video::VideoWriter video(item.path, first.width, first.height, write);
    video.write(first);
    for (std::size_t i = 1; i < item.points.size(); ++i) video.write(image_at(item, i));
    video.finish();
  }

  void report(const SampleResult& result) {
    bar_.erase();
    if (result.error) {
      if (result.error->code() != ErrorCode::kCancelled) say_error(result.error->what());
    } else if (options_.verbose && result.skipped) {
      say(fmt::format("'{}' exists, skipped", result.output));
    } else if (options_.verbose) {
      const std::string images = result.n_points == 1 ? "1 image" : fmt::format("{} images", result.n_points);
      say(fmt::format("'{}': {} of {}x{}, {} drawn, {:.2f} s", result.output, kind_name(result.kind), result.width,
                      result.height, images, result.seconds));
    }
  }

  const weights::ModelCard& card_;
  const SampleJobOptions& options_;
  sample::Sampler sampler_;
  ProgressBar bar_;
};

}  // namespace

Json to_json(const SampleResult& result) {
  return {{"output", result.output},   {"kind", kind_name(result.kind)},
          {"seeds", result.seeds},     {"images", result.n_points},
          {"width", result.width},     {"height", result.height},
          {"seconds", result.seconds}, {"ok", !result.error},
          {"skipped", result.skipped}, {"error", result.error ? to_json(*result.error) : Json()}};
}

std::vector<SampleResult> run_samples(const LabelledModel& model, std::span<const SampleItem> plan,
                                      const SampleJobOptions& options) {
  SampleJob job(model, options, plan.size());
  std::vector<SampleResult> results;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    SampleResult& result = results.emplace_back();
    result.kind = plan[i].kind;
    result.output = plan[i].path.string();
    result.seeds = seeds_of(plan[i]);
    result.n_points = plan[i].points.size();
    job.run_item(plan[i], i, result);
    if (result.error && result.error->code() == ErrorCode::kCancelled) break;
  }
  return results;
}

}  // namespace genga::cli
