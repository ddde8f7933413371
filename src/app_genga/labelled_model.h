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

/// Whether styles are parts of one mix, "pepper:0.6" and "mika:0.4". Throws Error: kInvalidArgument if only some are.
bool is_mix(std::span<const std::string> styles);

/// The style named or the file given, or the one mix of styles; labels made fit for file names.
/// noise: which kind of style an unknown name was meant for. Throws Error: kNotFound, kCorruptData, ...
std::vector<LabelledModel> open_models(std::span<const std::string> styles, std::span<const std::string> files,
                                       bool noise = false);

/// The model to make images from noise with: the file, or the style named, or the first built-in one of that kind.
/// Throws Error: kNotFound (none is built in); kUnsupported if it takes photos, naming the right command.
LabelledModel open_noise_model(const std::string& style, const std::string& file);

/// Throws Error: kUnsupported if the model makes images from noise, naming the right command.
void check_takes_photos(const LabelledModel& model);

}  // namespace genga::cli
