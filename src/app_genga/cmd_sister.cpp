// genga train and genga data: other programs do them, so that genga itself starts fast and needs no LibTorch.
#include "app_genga/commands.h"
#include "app_genga/sister_programs.h"

namespace genga::cli {

Command add_train(CLI::App& program) {
  CLI::App* app = program.add_subcommand("train", "Train a style of your own (see genga train --help)");
  app->footer(R"(Examples:
  genga train --photos DIR --style DIR -o RUN
  genga train --resume RUN)");
  return {.app = app,
          .take = [](const std::vector<std::string>& arguments) -> int { hand_over("genga-train", arguments); }};
}

Command add_data(CLI::App& program) {
  CLI::App* app = program.add_subcommand("data", "Collect and prepare images to train on (see genga data --help)");
  app->footer(R"(Examples:
  genga data frames video.mkv -o drawings
  genga data clean drawings
  genga data licences drawings)");
  return {.app = app,
          .take = [](const std::vector<std::string>& arguments) -> int { hand_over("genga-data", arguments); }};
}

}  // namespace genga::cli
