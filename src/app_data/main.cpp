// genga-data, as `genga data` calls it: the table of its commands. A program of its own, so that genga itself starts
// without libcurl, OpenCV and what they bring.
#include <array>

#include "app_data/commands.h"
#include "cli/program.h"

namespace {

using namespace genga::cli;

constexpr std::array kCommands{&add_data_fetch,  &add_data_manifest, &add_data_licences, &add_data_clean,
                               &add_data_keep,   &add_data_drop,     &add_data_stats,    &add_data_contact_sheet,
                               &add_data_split,  &add_data_frames,   &add_data_panels,   &add_data_faces,
                               &add_data_prepare};

constexpr const char* kExamples = R"(Examples:
  genga data fetch links.csv -o drawings            # images and their sources
  genga data manifest photos --licence CC-BY-4.0    # what is known of a folder
  genga data licences drawings     # what a style trained on it may be used for

A folder with a manifest (manifest.jsonl) is a collection: all commands read and
continue it, and none deletes an image.)";

}  // namespace

int main(int argc, char** argv) {
  return run_main({.name = "genga data",
                   .description = "Collects images to train on, chooses among them and knows their licences.",
                   .examples = kExamples,
                   .commands = kCommands,
                   .bare_command = {},
                   .words = {},
                   .less_memory = "close other programs, or give -j a smaller value"},
                  argc, argv);
}
