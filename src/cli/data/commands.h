// The commands of genga data; the table is in main_data.cpp.
#pragma once

#include "cli/commands.h"

namespace genga::cli {

Command add_data_manifest(CLI::App& program);
Command add_data_licences(CLI::App& program);

}  // namespace genga::cli
