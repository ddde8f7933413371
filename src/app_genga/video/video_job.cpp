// The parts that are missing, then the join.
#include "app_genga/video/video_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "app_genga/output_files.h"
#include "app_genga/video/clip_job.h"
#include "app_genga/video/frame_pipeline.h"
#include "app_genga/video/work_folder.h"
#include "cli/progress_bar.h"
#include "cli/terminal.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// "clip.mp4  12%  3.4 fps  0.14x  0:32 left"
class VideoProgress {
 public:
  VideoProgress(const VideoFlags& f, std::int64_t n_frames, double frames_per_s)
      : line_(f.style.quiet ? TerminalStyle{} : stderr_style()),
        name_(fs::path(f.input).filename().string()),
        n_frames_(n_frames),
        frames_per_s_(frames_per_s) {}

  void show(std::int64_t n_done) {
    if (!line_.is_due()) return;
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    const double fps = seconds > 0 ? static_cast<double>(n_done) / seconds : 0;
    std::string text = fmt::format("{}  {}%", printable(name_), n_frames_ > 0 ? 100 * n_done / n_frames_ : 0);
    if (n_done > 0) {
      text += fmt::format("  {:.1f} fps", fps);
      if (frames_per_s_ > 0) text += fmt::format("  {:.2f}x", fps / frames_per_s_);
      text += fmt::format("  {} left", format_duration(static_cast<double>(n_frames_ - n_done) / fps));
    }
    line_.show(text.substr(0, 79));
  }
  void erase() { line_.erase(); }

 private:
  StatusLine line_;
  std::string name_;
  std::int64_t n_frames_;
  double frames_per_s_;
  Clock::time_point start_ = Clock::now();
};

class VideoJob {
 public:
  explicit VideoJob(const VideoFlags& f) : f_(f), folder_(f.output) {}

  Json run() {
    const bool skip = !f_.join && f_.segment.empty() ? skip_output(f_.output, f_.input, existing()) : check_output();
    if (skip) return {{"input", f_.input}, {"output", f_.output}, {"skipped", true}};
    check_work_folder();
    make_parent(f_.output);
    job_ = open_clip_job(f_);
    setup_ = setup_of(job_, f_, f_.output);
    const video::ClipPlan& plan = job_.clip->plan();
    Json settings = fingerprint(f_.input);
    settings.update(settings_of(job_, f_, setup_));
    AtomicFile{f_.output};  // what is wrong with the output is said now, not after the work
    folder_.open(settings);
    make_parts(plan);
    if (f_.segment.empty()) join(plan);
    for (const std::string& note : notes_) tell(note);
    return report(plan);
  }

 private:
  ExistingFiles existing() const { return {f_.style.skip_existing, f_.style.overwrite}; }

  /// With --join and --segment the output is checked too, but a share may be made again.
  bool check_output() const { return skip_output(f_.output, f_.input, {f_.style.skip_existing, f_.style.overwrite}); }

  void check_work_folder() const {
    if (f_.join && !folder_.exists()) {
      fail(ErrorCode::kNotFound, "there is nothing to join: folder '{}' does not exist; make its parts with --segment",
           folder_.path().string());
    }
    if (!folder_.exists() || f_.join || f_.resume || !f_.segment.empty()) return;
    if (f_.style.overwrite) return folder_.remove();
    fail(ErrorCode::kIo,
         "'{}' holds what an earlier run has finished; add --resume to go on, or --overwrite to begin again",
         folder_.path().string());
  }

  void tell(const std::string& note) const {
    if (!f_.style.quiet) say(fmt::format("'{}' {}", f_.input, note));
  }

  /// Parts of this process's share that are not there yet.
  std::vector<PartJob> missing_parts(const video::ClipPlan& plan) {
    const Shard shard = f_.segment.empty() ? Shard{} : parse_shard(f_.segment);
    std::vector<PartJob> jobs;
    for (std::size_t i = 0; i < plan.parts.size(); ++i) {
      // Neighbours go to one machine: it reads the source from one place on.
      const std::size_t owner = i * static_cast<std::size_t>(shard.count) / plan.parts.size();
      if (owner != static_cast<std::size_t>(shard.index)) continue;
      if (video::is_whole_part(folder_.part(i))) {
        ++n_kept_;
        continue;
      }
      jobs.push_back({.part = plan.parts[i], .path = folder_.part(i)});
    }
    if (f_.join && !jobs.empty()) {
      fail(ErrorCode::kNotFound,
           "{} of {} parts are missing in '{}' ('{}', ...); run the segments that make them first", jobs.size(),
           plan.parts.size(), folder_.path().string(), jobs.front().path.filename().string());
    }
    return jobs;
  }

  void make_parts(const video::ClipPlan& plan) {
    const std::vector<PartJob> jobs = missing_parts(plan);
    if (n_kept_ > 0 && !f_.join && !f_.style.quiet) {
      say(fmt::format("{} of {} parts are there already", n_kept_, n_kept_ + jobs.size()));
    }
    std::int64_t n_frames = 0;
    for (const PartJob& part : jobs) n_frames += part.part.n_frames;
    VideoProgress progress(f_, n_frames, plan.seconds > 0 ? static_cast<double>(plan.n_frames) / plan.seconds : 0);
    try {
      done_ = run_pipeline(*job_.clip, jobs, setup_, job_.style, [&](std::int64_t n) { progress.show(n); });
    } catch (...) {
      progress.erase();
      say_what_stays();
      throw;
    }
    notes_ = job_.clip->take_notes();
  }

  void say_what_stays() const {
    const auto whole = [&](const auto& entry) { return !entry.path().filename().string().starts_with('.'); };
    std::error_code ignored;
    const fs::directory_iterator all(folder_.path(), ignored);
    const auto n = std::count_if(begin(all), end(all), whole) - 1;  // without the settings
    if (n <= 0 && f_.segment.empty()) folder_.remove();             // else other machines may be at work in it
    if (n <= 0) return;
    if (!f_.style.quiet) say(fmt::format("{} parts are finished and stay; the same command with --resume goes on", n));
  }

  void join(const video::ClipPlan& plan) {
    std::vector<fs::path> parts;
    for (std::size_t i = 0; i < plan.parts.size(); ++i) parts.push_back(folder_.part(i));
    const video::JoinOptions options{
        .audio = !f_.no_audio, .subtitles = !f_.no_subtitles, .comment = credit_of(job_, f_)};
    std::vector<std::string> notes = video::join_parts(setup_, parts, f_.output, options);
    notes_.insert(notes_.begin(), setup_.notes.begin(), setup_.notes.end());
    notes_.insert(notes_.end(), notes.begin(), notes.end());
    folder_.remove();
  }

  Json report(const video::ClipPlan& plan) const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    const double fps = done_.seconds > 0 ? static_cast<double>(done_.n_frames) / done_.seconds : 0;
    const double own_fps = plan.seconds > 0 ? static_cast<double>(plan.n_frames) / plan.seconds : 0;
    if (f_.style.verbose && !f_.style.quiet) {
      say(fmt::format(
          "'{}' -> '{}', style {}, {}x{}, stroke scale {}, {} frames, {:.2f} s, {:.2f} frames/s, engine idle "
          "{:.1f}% in {} sessions",
          f_.input, f_.output, job_.style.model.label, job_.width, job_.height, job_.style.stylize.stroke_scale,
          done_.n_frames, seconds, fps, 100 * done_.idle, job_.style.sessions));
    }
    Json notes = setup_.notes;
    if (f_.segment.empty()) notes = notes_;
    return {{"input", f_.input},
            {"output", f_.segment.empty() ? Json(f_.output) : Json()},
            {"style", job_.style.model.label},
            {"width", job_.width},
            {"height", job_.height},
            {"stroke_scale", job_.style.stylize.stroke_scale},
            {"frames", plan.n_frames},
            {"frames_made", done_.n_frames},
            {"parts", plan.parts.size()},
            {"parts_kept", n_kept_},
            {"duration", plan.seconds},
            {"seconds", seconds},
            {"fps", fps},
            {"speed", own_fps > 0 ? fps / own_fps : 0},
            {"engine_idle", done_.idle},
            {"sessions", job_.style.sessions},
            {"encoder", setup_.encoder},
            {"pix_fmt", setup_.pixel_format},
            {"notes", notes}};
  }

  const VideoFlags& f_;
  const WorkFolder folder_;
  ClipJob job_;
  video::EncodeSetup setup_;
  PipelineResult done_;
  std::size_t n_kept_ = 0;
  std::vector<std::string> notes_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

Json run_video(const VideoFlags& f) {
  if (f.preview > 0) {
    if (skip_output(f.output, f.input, {f.style.skip_existing, f.style.overwrite})) return {{"skipped", true}};
    ClipJob job = open_clip_job(f);
    return write_preview(job, f);
  }
  if (f.dry_run) {
    ClipJob job = open_clip_job(f);
    return estimate(job, f);
  }
  return VideoJob(f).run();
}

}  // namespace genga::cli
