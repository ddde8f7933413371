// genga data frames: pictures out of films, one or more a scene.
#include <memory>

#include "cli/checks.h"
#include "cli/data/commands.h"
#include "cli/data/cut_command.h"
#include "cli/terminal.h"
#include "genga/manifest.h"

namespace genga::cli {
namespace {

struct Flags {
  CutFlags cut;
  curate::FrameOptions frames;
};

constexpr CutWords kWords{.schema = "genga.data.frames.1",
                          .source = "film",
                          .sources = "films",
                          .piece = "picture",
                          .pieces = "pictures",
                          .empty = "without a picture worth taking"};

void add_choice_options(CLI::App& app, Flags& f) {
  constexpr double kMostSeconds = 1e6;
  auto* per_scene = app.add_option("--per-scene", f.frames.per_scene, "Pictures of each scene (default 1)")
                        ->type_name("N")
                        ->check(integer_in(1, 1000))
                        ->group("Choice");
  app.add_option("--every", f.frames.every_s, "Instead of scenes: a picture every so many seconds")
      ->type_name("S")
      ->check(number_in(0.05, kMostSeconds))
      ->excludes(per_scene)
      ->group("Choice");
  app.add_option("--start", f.frames.start_s, "Begin here (seconds)")
      ->type_name("S")
      ->check(number_in(0, kMostSeconds))
      ->group("Choice");
  app.add_option("--end", f.frames.end_s, "End here (seconds; default: the film's end)")
      ->type_name("S")
      ->check(number_in(0, kMostSeconds))
      ->group("Choice");
  app.add_option("--max-frames", f.frames.max_frames, "Most pictures of each film, evenly spread")
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
                 "Pictures whose hashes differ in so few of 64 bits are alike; -1: take all (default 6)")
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
  app.add_option("--licence,--license", p.licence, "Licence of the film: CC-BY-4.0, CC0, own, ...")
      ->type_name("LICENCE")
      ->group("What the film does not say");
  app.add_option("--author", p.author, "Who made it")->type_name("NAME")->group("What the film does not say");
  app.add_option("--attribution", p.attribution, "The credit line that its licence asks for")
      ->type_name("TEXT")
      ->group("What the film does not say");
  app.add_option("--source", p.source, "Where it came from, e.g. an address (default: the file)")
      ->type_name("TEXT")
      ->group("What the film does not say");
}

curate::FrameOptions options_of(const Flags& flags) {
  curate::FrameOptions options = flags.frames;
  std::string& licence = options.provenance.licence;
  if (const data::Licence* known = data::find_licence(licence)) {
    licence = known->id;
  } else if (!licence.empty() && !flags.cut.quiet) {
    say("'" + licence + "' is stored as it is and counts as unknown: it is no licence of genga data licences --list");
  }
  return options;
}

}  // namespace

Command add_data_frames(CLI::App& program) {
  CLI::App* app = program.add_subcommand("frames", "Take sharp pictures out of films, one or more a scene");
  auto flags = std::make_shared<Flags>();
  add_cut_options(*app, flags->cut, "FILMS", "Film files, or folders of them");
  add_choice_options(*app, *flags);
  add_provenance_options(*app, flags->frames.provenance);
  app->footer(
      R"(Black bars are taken off. Left out are credits and titles, plain frames, and pictures like an earlier one.

Examples:
  genga data frames film.mkv -o frames/ --licence CC-BY-4.0 --author "A Studio"
  genga data frames film.mkv -o frames/ --per-scene 3 --start 90 --end 5400 -f webp --quality 95
  genga data frames films/ -o frames/ --every 5 --max-frames 1000)");
  return {.app = app, .run = [flags] {
            const curate::FrameOptions frames = options_of(*flags);
            return run_cut_command(flags->cut, kWords, [&](const auto& inputs, const auto& options) {
              return curate::cut_frames(inputs, frames, options);
            });
          }};
}

}  // namespace genga::cli
