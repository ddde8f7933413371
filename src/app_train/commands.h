// The commands of genga train; the table is in main.cpp.
#pragma once

#include "cli/program.h"

namespace genga::cli {

inline constexpr const char* kLessMemory = "lower --batch or --crop, or close other programs";

Command add_train_run(CLI::App& program);
Command add_train_methods(CLI::App& program);
Command add_train_report(CLI::App& program);

}  // namespace genga::cli
