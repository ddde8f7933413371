// genga video: a video in the style, with everything else that is in its file.
#include <memory>

#include "app_genga/commands.h"
#include "app_genga/video/video_job.h"
#include "cli/json_output.h"
#include "genga/image.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.video.1";

int run(const VideoFlags& f) {
  check_flags(f);
  image::init(f.style.threads);
  Json report{{"schema", kSchema}};
  report.update(run_video(f));
  if (f.style.json) print_json(report);
  return 0;
}

}  // namespace

Command add_video(CLI::App& program) {
  CLI::App* app = program.add_subcommand("video", "Turn a video into anime, with its sound and all else");
  auto flags = std::make_shared<VideoFlags>();
  add_video_options(*app, *flags);
  app->footer(R"(Examples:
  genga video clip.mp4 -o anime.mp4
  genga video clip.mp4 -o anime.mp4 --resume          # after a crash
  genga video clip.mkv -o anime.webm -crf 24 -an -ss 1:30 -to 2:00
  genga video clip.mp4 -o look.png --preview 6 -n pepper
  genga video long.mkv -o anime.mkv --segment 2/5  # machine 2 of 5; then --join)");
  return {.app = app,
          .run = [flags] { return with_json_errors(flags->style.json, kSchema, [&] { return run(*flags); }); },
          .spellings = ffmpeg_spellings()};
}

}  // namespace genga::cli
