// The models of one run, each with a name that outputs can carry.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "genga/weights.h"

namespace genga::cli {

struct LabelledModel {
  std::string label;  // unique in the run; part of output names when there are several
  weights::Model model;
};

/// The style named or the file given; labels made fit for file names. Throws Error: kNotFound, kCorruptData, ...
std::vector<LabelledModel> open_models(std::span<const std::string> styles, std::span<const std::string> files);

}  // namespace genga::cli
