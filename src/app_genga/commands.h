// The commands of genga. Each adds its options to the program and returns what to do when it was chosen; the table of
// all of them is in main.cpp.
#pragma once

#include "cli/program.h"

namespace genga::cli {

inline constexpr const char* kBareCommand = "stylize";  // what arguments without a command belong to

Command add_stylize(CLI::App& program);
Command add_video(CLI::App& program);
Command add_sample(CLI::App& program);
Command add_models(CLI::App& program);
Command add_inspect(CLI::App& program);
Command add_convert(CLI::App& program);
Command add_bench(CLI::App& program);
Command add_eval(CLI::App& program);
Command add_train(CLI::App& program);
Command add_data(CLI::App& program);
Command add_completion(CLI::App& program);
Command add_man(CLI::App& program);

}  // namespace genga::cli
