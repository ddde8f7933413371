// The method `animegan`, and what its second version shares with it.
#pragma once

#include <memory>
#include <string>

#include "train/method.h"
#include "train/optim/training_state.h"

namespace genga::train {

std::unique_ptr<Method> make_animegan(const RunConfig& config);

/// What differs between the versions besides weights.
struct AnimeganNetworks {
  std::string architecture;
  ir::Graph generator, discriminator;
  Start generator_start;
};
/// method: for messages.
std::unique_ptr<Method> make_animegan_of(const RunConfig& config, std::string_view method, AnimeganNetworks networks);

}  // namespace genga::train
