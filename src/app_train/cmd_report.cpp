// genga train report: a page about a run, while it goes on or afterwards.
#include <memory>
#include <string>

#include "app_train/commands.h"
#include "cli/terminal.h"
#include "genga/image.h"
#include "genga/train.h"

namespace genga::cli {

Command add_train_report(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("report", "Write RUN/report.html: curves, previews, data, events and config of a run");
  auto folder = std::make_shared<std::string>();
  app->add_option("RUN", *folder, "The run's folder; the run may be finished or not")->required()->type_name("FOLDER");
  app->footer("Examples:\n  genga train report runs/first");
  return {.app = app, .run = [folder] {
            image::init();
            write_stdout(train::write_report(*folder).string() + "\n");
            return 0;
          }};
}

}  // namespace genga::cli
