// AnimeGANv2. Source: TachibanaYoshino/AnimeGANv2, AnimeGANv2.py, net/{generator,generator_lite,discriminator}.py;
// algorithms.md 6. The first version's step with three changes: layer norm for instance norm in both networks (no more
// speckles), a smaller generator, and total variation in the generator's loss. The weights of losses belong to a style:
// presets animegan_v2_hayao, _paprika, _shinkai.
#include "train/methods/animegan_v2.h"

#include "genga/models.h"
#include "train/gan_method.h"
#include "train/methods/animegan.h"

namespace genga::train {

std::unique_ptr<Method> make_animegan_v2(const RunConfig& config) {
  const int width = width_or(config.width, 32);
  const int discriminator_width = width_or(config.discriminator_width, 32);
  return make_animegan_of(
      config, "animegan_v2",
      {config.lite ? "animegan_v2_lite" : "animegan_v2",
       config.lite ? models::animegan_v2_lite(width) : models::animegan_v2(ir::UpsampleMode::kAsymmetric, width),
       models::animegan_v2_discriminator(discriminator_width), Start::kTruncated});
}

}  // namespace genga::train
