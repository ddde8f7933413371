// The commands of genga data; the table is in main.cpp.
#pragma once

#include "cli/program.h"

namespace genga::cli {

Command add_data_fetch(CLI::App& program);
Command add_data_manifest(CLI::App& program);
Command add_data_licences(CLI::App& program);
Command add_data_clean(CLI::App& program);
Command add_data_keep(CLI::App& program);
Command add_data_drop(CLI::App& program);
Command add_data_stats(CLI::App& program);
Command add_data_contact_sheet(CLI::App& program);
Command add_data_split(CLI::App& program);
Command add_data_frames(CLI::App& program);
Command add_data_panels(CLI::App& program);
Command add_data_faces(CLI::App& program);
Command add_data_prepare(CLI::App& program);

}  // namespace genga::cli
