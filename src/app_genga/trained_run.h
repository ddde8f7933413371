// A training run's folder as commands that use models see it.
#pragma once

#include <span>
#include <string>

#include "genga/eval.h"

namespace genga::cli {

/// The model file that a path means: itself, or of a training run's folder the model that genga eval found best, else
/// the result, else the newest checkpoint. Throws Error: kNotFound for a folder without any.
std::string model_file_of(const std::string& path);

/// Notes in RUN/best, for each argument that is a run's folder with two or more models measured, which of them came
/// first. The note goes when the run is resumed. A folder that cannot be written is left as it is.
/// Returns the folders that now have one.
std::vector<std::string> note_best(std::span<const std::string> arguments, const eval::Report& report);

}  // namespace genga::cli
