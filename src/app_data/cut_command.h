// What the commands that cut new collections share: frames, panels, faces, prepare.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"
#include "genga/cut.h"

namespace genga::cli {

struct CutFlags {
  std::vector<std::string> inputs{};
  std::string output{}, format = "png";
  int quality = 0, threads = 0;
  bool json = false, quiet = false;
};

/// inputs: the placeholder and help of what is read.
void add_cut_options(CLI::App& app, CutFlags& flags, const std::string& inputs, const std::string& inputs_help);

struct CutWords {
  std::string_view schema;           // "genga.data.panels.1"
  std::string_view source, sources;  // "page", "pages"
  std::string_view piece, pieces;    // "panel", "panels"
  std::string_view empty;            // what is said of sources with nothing in them: "hold no panel"
};

using CutCall = std::function<curate::CutReport(const curate::Paths& inputs, const curate::CutOptions& options)>;

/// Runs it with a progress bar, prints what people or --json want to know, returns the exit status.
int run_cut_command(const CutFlags& flags, const CutWords& words, const CutCall& call);

}  // namespace genga::cli
