// Names of earlier versions in files that people keep: what they are called now. Of fields and presets see
// genga/train.h.
#pragma once

#include <string>
#include <string_view>

#include "genga/train.h"

namespace genga::train {

/// The present name of a field, a preset, or a term of log.jsonl; the name itself if it is no old one.
std::string_view current_field(std::string_view name);
std::string_view current_preset(std::string_view name);
std::string_view current_term(std::string_view name);

/// The present name of a tensor in a checkpoint: "adam_critics/surface_critic/conv1.weight.m" is now
/// "adam_discriminators/discriminator_surface/conv1.weight.m". Weights keep their own names, the last part.
std::string current_tensor(std::string_view name);

}  // namespace genga::train
