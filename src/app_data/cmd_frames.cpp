// genga data frames: images out of videos, one or more a scene.
#include <memory>

#include "app_data/commands.h"
#include "app_data/cut_command.h"
#include "app_data/licence_option.h"
#include "cli/checks.h"

namespace genga::cli {
namespace {

struct Flags {
  CutFlags cut;
  curate::FrameOptions frames;
};

constexpr CutWords kWords{.schema = "genga.data.frames.2",
                          .source = "video",
                          .sources = "videos",
                          .piece = "image",
                          .pieces = "images",
                          .empty = "without an image worth taking"};

void add_choice_options(CLI::App& app, Flags& f) {
  constexpr double kMaxSeconds = 1e6;
  auto* per_scene = app.add_option("--per-scene", f.frames.per_scene, "Images of each scene (default 1)")
                        ->type_name("N")
                        ->check(integer_in(1, 1000))
                        ->group("Choice");
  app.add_option("--every", f.frames.every_s, "Instead of scenes: an image every so many seconds")
      ->type_name("S")
      ->check(number_in(0.05, kMaxSeconds))
      ->excludes(per_scene)
      ->group("Choice");
  app.add_option("--start", f.frames.start_s, "Begin here (seconds)")
      ->type_name("S")
      ->check(number_in(0, kMaxSeconds))
      ->group("Choice");
  app.add_option("--end", f.frames.end_s, "End here (seconds; default: the video's end)")
      ->type_name("S")
      ->check(number_in(0, kMaxSeconds))
      ->group("Choice");
  app.add_option("--max-frames", f.frames.max_frames, "Images of each video at most, evenly spread")
      ->type_name("N")
      ->check(integer_in(1, 1'000'000))
      ->group("Choice");
  app.add_option("--scene-threshold", f.frames.scene_threshold,
                 "A cut is a change so many times larger than those around it (default 3)")
      ->type_name("X")
      ->check(number_in(1.1, 100))
      ->group("Choice");
  app.add_option("--min-scene", f.frames.min_scene_s, "Leave out shorter scenes (default 0.6)")
      ->type_name("S")
      ->check(number_in(0, 3600))
      ->group("Choice");
  app.add_option("--duplicates", f.frames.duplicate_bits,
                 "Images whose hashes differ in so few of 64 bits are alike; -1: take all (default 6)")
      ->type_name("-1..64")
      ->check(integer_in(-1, 64))
      ->group("Choice");
  app.add_flag("--keep-text", f.frames.keep_text, "Take credits and title screens, too")->group("Choice");
  app.add_flag("--keep-bars", f.frames.keep_bars, "Leave black bars on")->group("Choice");
  app.add_option("--size", f.frames.size_px, "Reduce to this long side (default: as they are)")
      ->type_name("PX")
      ->check(integer_in(16, 16384))
      ->group("Choice");
}

void add_provenance_options(CLI::App& app, curate::Provenance& p) {
  app.add_option("--licence,--license", p.licence, "Licence of the video: CC-BY-4.0, CC0, own, ...")
      ->type_name("LICENCE")
      ->group("What the video does not say");
  app.add_option("--author", p.author, "Who made it")->type_name("NAME")->group("What the video does not say");
  app.add_option("--attribution", p.attribution, "The credit line that its licence asks for")
      ->type_name("TEXT")
      ->group("What the video does not say");
  app.add_option("--source", p.source, "Where it came from, e.g. an address (default: the file)")
      ->type_name("TEXT")
      ->group("What the video does not say");
}

curate::FrameOptions options_of(const Flags& flags) {
  curate::FrameOptions options = flags.frames;
  options.provenance.licence = known_licence(options.provenance.licence, !flags.cut.quiet);
  return options;
}

}  // namespace

Command add_data_frames(CLI::App& program) {
  CLI::App* app = program.add_subcommand("frames", "Take sharp images out of videos, one or more a scene");
  auto flags = std::make_shared<Flags>();
  add_cut_options(*app, flags->cut, "VIDEOS", "Video files, or folders of them");
  add_choice_options(*app, *flags);
  add_provenance_options(*app, flags->frames.provenance);
  app->footer(
      R"(Black bars are cut off. Credits, titles, plain frames and images that resemble
an earlier one are left out.

Examples:
  genga data frames video.mkv -o frames/ --licence CC-BY-4.0 --author "A Studio"
  genga data frames video.mkv -o frames/ --per-scene 3 --start 90 --end 5400
  genga data frames videos/ -o frames/ --every 5 --max-frames 1000)");
  return {.app = app, .run = [flags] {
            const curate::FrameOptions frames = options_of(*flags);
            return run_cut_command(flags->cut, kWords, [&](const auto& inputs, const auto& options) {
              return curate::cut_frames(inputs, frames, options);
            });
          }};
}

}  // namespace genga::cli
