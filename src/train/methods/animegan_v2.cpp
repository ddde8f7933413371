// AnimeGANv2. Source: TachibanaYoshino/AnimeGANv2, AnimeGANv2.py, net/{generator,generator_lite,discriminator}.py;
// algorithms.md 6. The first version's step with three changes: layer norm for instance norm in both networks (no more
// speckles), a smaller generator, and total variation in the generator's loss. The weights of losses belong to a style:
// presets animegan_v2_hayao, _paprika, _shinkai.
#include "genga/models.h"
#include "train/gan_method.h"
#include "train/methods/animegan.h"
#include "train/methods/methods.h"

namespace genga::train {
namespace {

struct LiteOption {
  bool lite = false;
  static std::vector<Option<LiteOption>> table() {
    return {{"lite", kNetworks, "the lite generator, where the method has one", &LiteOption::lite}};
  }
};
using AnimeganV2Options = OptionSet<AnimeganOptions, LiteOption>;

}  // namespace

MethodRow animegan_v2_method() {
  return {
      .name = "animegan_v2",
      .summary = "AnimeGAN with layer norm, half the size, no speckles; three style presets and a lite generator",
      .source_text = "TachibanaYoshino/AnimeGANv2",
      .needs = {.style_smooth = true},
      .crop_multiple = 8,
      .options = option_fields<AnimeganV2Options>(),
      .check = check_own<AnimeganV2Options>,
      .make = [](const RunConfig& config) {
        const auto options = read_options<AnimeganV2Options>(config);
        const int width = width_or(options.width, 32);
        return make_animegan_of(
            config, options, "animegan_v2",
            {options.lite ? "animegan_v2_lite" : "animegan_v2",
             options.lite ? models::animegan_v2_lite(width) : models::animegan_v2(ir::UpsampleMode::kAsymmetric, width),
             models::animegan_v2_discriminator(width_or(options.discriminator_width, 32)), Start::kTruncated});
      }};
}

}  // namespace genga::train
