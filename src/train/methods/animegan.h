// What the first two versions of AnimeGAN share: one step, between networks that differ.
#pragma once

#include <memory>
#include <string>

#include "train/config/shared_options.h"
#include "train/method.h"
#include "train/optim/training_state.h"

namespace genga::train {

struct GreyWeight {
  double w_discriminator_grey = 1;
  static std::vector<Option<GreyWeight>> table() {
    return {{"w_discriminator_grey", kLosses, "discriminator's weight of grey style images",
             &GreyWeight::w_discriminator_grey}};
  }
};
using AnimeganOptions =
    OptionSet<WidthOptions, PerceptualOption, DiscriminatorOptions, AdversarialWeight, DiscriminatorWeight,
              ContentWeight, StyleWeights, TotalVariationWeight, RealAndFakeWeights, GreyWeight, SmoothWeight>;

/// What differs between the versions besides weights.
struct AnimeganNetworks {
  std::string architecture;
  ir::Graph generator, discriminator;
  Start generator_start;
};
/// method: its name, for messages.
std::unique_ptr<Method> make_animegan_of(const RunConfig& config, const AnimeganOptions& options,
                                         std::string_view method, AnimeganNetworks networks);

}  // namespace genga::train
