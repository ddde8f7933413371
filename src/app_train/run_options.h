// The options of genga train run: the library's table of fields, and what only the command knows.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "genga/train.h"

namespace genga::cli {

struct RunFlags {
  std::string config_file, output, resume;
  bool dry_run = false, quiet = false;
  std::map<const train::Field*, std::string> fields;  // as typed; they go over the config file
};

void add_run_options(CLI::App& app, RunFlags& flags);

/// For --help: the defaults become those of the method and presets among the arguments, and options that only other
/// methods read are left out.
void adapt_to_method(CLI::App& app, const std::vector<std::string>& arguments);

/// The run's config: of a new run, or of the one to be continued with what was typed changed. Throws Error:
/// kInvalidArgument, kNotFound.
train::RunConfig make_config(const RunFlags& flags);

}  // namespace genga::cli
