// The networks are in src/models/seed_gan.cpp with what had to change; the game is the article's: binary cross-entropy,
// the discriminator first, then the generator.
#include "train/methods/seed_gan.h"

#include "genga/models.h"
#include "train/methods/noise_gan.h"

namespace genga::train {
namespace {

class SeedGan final : public NoiseGan {
 public:
  SeedGan(const RunConfig& config, const models::SeedGanOptions& generator, const models::SeedGanOptions& discriminator)
      : NoiseGan(config, "seed_gan_generator", models::seed_gan_generator(generator),
                 models::seed_gan_discriminator(discriminator)) {}
};

}  // namespace

std::unique_ptr<Method> make_seed_gan(const RunConfig& config) {
  const int published = models::SeedGanOptions{}.width;
  return std::make_unique<SeedGan>(
      config,
      models::SeedGanOptions{
          .size_px = config.crop, .width = width_or(config.width, published), .latent = config.latent},
      models::SeedGanOptions{.size_px = config.crop, .width = width_or(config.discriminator_width, published)});
}

}  // namespace genga::train
