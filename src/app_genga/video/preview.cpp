// --preview and --dry-run: a few frames instead of all.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app_genga/image_options.h"
#include "app_genga/output_files.h"
#include "app_genga/video/clip_job.h"
#include "cli/interrupt.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/sample.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kTriedFrames = 12;  // for an estimate

/// A part that begins with the last frame shown at a time or before.
video::ClipPart part_at(const video::ClipPlan& plan, std::int64_t pts) {
  video::ClipPart part = plan.parts.front();
  for (const video::ClipPart& p : plan.parts) {
    if (p.begin_pts <= pts) part = p;
  }
  part.begin_pts = std::max(part.begin_pts, pts);
  part.end_pts = plan.parts.back().end_pts;
  return part;
}

/// A folder that goes with this object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "genga_video_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) fail(ErrorCode::kIo, "cannot create folder '{}'", name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::int64_t encoded_bytes(const fs::path& path, const video::EncodeSetup& setup,
                           std::span<const video::DeepFrame> frames) {
  const auto part = video::open_part(path, setup);
  for (const video::DeepFrame& frame : frames) part->write(frame);
  part->finish();
  return part->n_bytes();
}

}  // namespace

Json write_preview(ClipJob& job, const VideoFlags& f) {
  wanted_format(fs::path(f.output).extension().string(), "--preview writes an image; output suffix");
  const video::ClipPlan& plan = job.clip->plan();
  FrameStylizer stylizer(job.style, &interrupted());
  ProgressBar bar(f.style.quiet ? TerminalStyle{} : stderr_style(), 1, ProgressBar::Unit::kOther);
  std::vector<image::Image> images;
  for (int i = 0; i < f.preview; ++i) {
    interrupted().check();
    const double along = f.preview == 1 ? 0.5 : static_cast<double>(i) / (f.preview - 1);
    const auto pts = plan.first_pts + std::llround(along * static_cast<double>(plan.last_pts - plan.first_pts));
    job.clip->begin_part(part_at(plan, i + 1 == f.preview && i > 0 ? plan.last_pts : pts));
    if (const auto frame = job.clip->next()) images.push_back(to_image(stylizer.run(*frame)));
    bar.update(i + 1, f.preview);
  }
  if (images.empty()) fail(ErrorCode::kCorruptData, "video '{}' holds no frame that can be decoded", f.input);
  const int n = static_cast<int>(images.size());
  const int columns = n <= 4 ? n : static_cast<int>(std::ceil(std::sqrt(n)));
  const image::Image sheet = sample::contact_sheet(images, columns, (n + columns - 1) / columns);
  make_parent(f.output);
  image::write_image(f.output, sheet, {.comment = credit_of(job, f)});
  return {{"output", f.output}, {"frames", n}, {"width", sheet.width}, {"height", sheet.height}};
}

Json estimate(ClipJob& job, const VideoFlags& f) {
  const video::EncodeSetup setup = setup_of(job, f, f.output.empty() ? f.input : f.output);
  const video::ClipPlan& plan = job.clip->plan();
  job.clip->begin_part(part_at(plan, plan.first_pts + (plan.last_pts - plan.first_pts) / 2));
  FrameStylizer stylizer(job.style, &interrupted());
  std::vector<video::DeepFrame> frames;
  double seconds = 0;
  while (std::ssize(frames) < kTriedFrames) {
    const auto frame = job.clip->next();
    if (!frame) break;
    const auto start = Clock::now();
    frames.push_back(stylizer.run(*frame));
    if (frames.size() > 1)
      seconds += std::chrono::duration<double>(Clock::now() - start).count();  // the first is slow
    else
      seconds = 0;
  }
  if (frames.empty()) fail(ErrorCode::kCorruptData, "video '{}' holds no frame that can be decoded", f.input);
  const auto tried = static_cast<double>(std::max<std::int64_t>(1, std::ssize(frames) - 1));
  const auto n_frames = static_cast<double>(plan.n_frames);
  const double total_s = seconds / tried * n_frames / job.style.sessions;
  const TemporaryFolder folder;
  const auto one = static_cast<double>(encoded_bytes(folder.path() / "1.part", setup, std::span(frames).first(1)));
  const auto all = static_cast<double>(encoded_bytes(folder.path() / "2.part", setup, frames));
  const double bytes = one * static_cast<double>(plan.parts.size()) + (all - one) / tried * n_frames;
  if (!f.style.json) {
    say(fmt::format(
        "'{}': {} frames, {:.1f} s; about {} of work and {} without the sound ({} x {}, style {}, stroke scale "
        "{}, encoder {}, {})",
        f.input, plan.n_frames, plan.seconds, format_duration(total_s), format_bytes(static_cast<std::int64_t>(bytes)),
        job.width, job.height, job.style.model.label, job.style.stylize.stroke_scale, setup.encoder,
        setup.pixel_format));
  }
  return {{"frames", plan.n_frames},      {"duration", plan.seconds},
          {"estimated_seconds", total_s}, {"estimated_bytes", static_cast<std::int64_t>(bytes)},
          {"width", job.width},           {"height", job.height},
          {"encoder", setup.encoder},     {"pix_fmt", setup.pixel_format}};
}

}  // namespace genga::cli
