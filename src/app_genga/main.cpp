// genga: the table of its commands.
#include <array>

#include "app_genga/commands.h"

namespace {

using namespace genga::cli;

constexpr std::array kCommands{&add_stylize, &add_video, &add_sample, &add_models, &add_inspect,    &add_convert,
                               &add_bench,   &add_eval,  &add_train,  &add_data,   &add_completion, &add_man};

constexpr const char* kExamples = R"(Examples:
  genga photo.jpg -o anime.png                  # "stylize" may be left out
  genga stylize holiday/ -o anime/ --recursive  # a whole folder
  genga sample --grid 6x4 -o faces.png          # characters from noise
  genga video clip.mp4 -o anime.mp4             # a video, with its sound
  genga train --photos DIR --style DIR -o RUN   # a style of your own
  genga stylize --help                          # all options)";

}  // namespace

int main(int argc, char** argv) {
  return run_main({.name = "genga",
                   .description = "Turns photos into anime with generative adversarial networks.",
                   .examples = kExamples,
                   .commands = kCommands,
                   .bare_command = kBareCommand,
                   .words = {},
                   .less_memory = "give --memory or --size a smaller value"},
                  argc, argv);
}
