// A report of genga eval as a table for people and as JSON.
#pragma once

#include <string>

#include "cli/json_output.h"
#include "genga/eval.h"

namespace genga::cli {

/// One line a row, columns aligned, best first, the photos at the top.
std::string eval_table(const eval::Report& report);

Json eval_json(const eval::Report& report);

}  // namespace genga::cli
