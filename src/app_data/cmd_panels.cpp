// genga data panels: comic pages cut into their panels.
#include <memory>

#include "app_data/commands.h"
#include "app_data/cut_command.h"
#include "cli/checks.h"

namespace genga::cli {
namespace {

struct Flags {
  CutFlags cut;
  curate::PanelOptions panels;
};

constexpr CutWords kWords{.schema = "genga.data.panels.2",
                          .source = "page",
                          .sources = "pages",
                          .piece = "panel",
                          .pieces = "panels",
                          .empty = "without a panel"};

}  // namespace

Command add_data_panels(CLI::App& program) {
  CLI::App* app = program.add_subcommand("panels", "Cut comic pages into their panels");
  auto flags = std::make_shared<Flags>();
  add_cut_options(*app, flags->cut, "PAGES", "Pages as image files, folders of them, or collections");
  app->add_flag("--right-to-left", flags->panels.right_to_left, "Number the panels as in manga, from the right")
      ->group("Panels");
  app->add_option("--min-size", flags->panels.min_side_px,
                  "Leave out panels narrower or shorter than this (default 64)")
      ->type_name("PX")
      ->check(integer_in(8, 10000))
      ->group("Panels");
  app->add_option("--min-area", flags->panels.min_area,
                  "Leave out panels below this fraction of the page (default 0.01)")
      ->type_name("0..1")
      ->check(number_in(0, 1))
      ->group("Panels");
  app->add_flag("--keep-frames", flags->panels.keep_frames, "Keep the line drawn around a panel")->group("Panels");
  app->footer(
      R"(Gutters may be white, black or colored, and a little tilted. Each panel inherits
the licence of its page. To drop pages of text, speech bubbles and the like, run
genga data clean afterwards.

Examples:
  genga data panels pages/ -o panels/
  genga data panels manga/ -o panels/ --right-to-left --min-size 200)");
  return {.app = app, .run = [flags] {
            return run_cut_command(flags->cut, kWords, [&](const auto& inputs, const auto& options) {
              return curate::cut_panels(inputs, flags->panels, options);
            });
          }};
}

}  // namespace genga::cli
