// genga-train, as `genga train` calls it: the table of its commands. A program of its own, so that genga itself starts
// without LibTorch.
#include <malloc.h>

#include <array>
#include <cstdlib>
#include <limits>

#include "app_train/commands.h"
#include "genga/train.h"

namespace {

using namespace genga::cli;

constexpr std::array kCommands{&add_train_run, &add_train_methods, &add_train_report};

constexpr const char* kExamples = R"(Examples:
  genga train --photos photos --style drawings -o RUN  # "run" may be left out
  genga train --resume RUN                             # go on where it stopped
  genga train methods                                  # methods and presets
  genga train report RUN                               # curves and previews
  genga train run --help                               # all options

The result is RUN/model.safetensors:
  genga stylize -m RUN/model.safetensors photo.jpg -o anime.png)";

/// What METHOD and PRESET stand for, for completions.
KnownWords known_words() {
  KnownWords words;
  for (const auto& method : genga::train::list_methods()) words["METHOD"].emplace_back(method.name);
  for (const auto& preset : genga::train::presets()) words["PRESET"].emplace_back(preset.name);
  return words;
}

/// For runs of several processes on GPUs: a wait for a process that died fails, instead of returning at once. NCCL's
/// part of LibTorch reads the first name since version 2, the second before. What a person has set stays.
void set_up_environment() {
  for (const char* name : {"TORCH_NCCL_BLOCKING_WAIT", "NCCL_BLOCKING_WAIT"}) ::setenv(name, "1", /*overwrite=*/0);
}

/// Every step needs the memory of the step before again; giving it back in between makes training a third slower.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc takes
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 64 << 20);
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  set_up_environment();
  return run_main({.name = "genga train",
                   .description = "Trains anime styles from photos and images of a style.",
                   .examples = kExamples,
                   .commands = kCommands,
                   .bare_command = "run",
                   .words = known_words,
                   .less_memory = kLessMemory},
                  argc, argv);
}
