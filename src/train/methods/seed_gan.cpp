// The generator and discriminator of the article this project began with. The networks are in src/models/seed_gan.cpp,
// with what had to change; the game is the article's: binary cross-entropy, the discriminator first, then the
// generator.
#include "genga/models.h"
#include "train/methods/methods.h"
#include "train/methods/noise_gan.h"

namespace genga::train {
namespace {

class SeedGan final : public NoiseGan {
 public:
  SeedGan(const RunConfig& config, const NoiseOptions& options)
      : NoiseGan(config, options, "seed_gan_generator",
                 models::seed_gan_generator(
                     {.size_px = config.crop, .width = width_or(options.width, kWidth), .latent = options.latent}),
                 models::seed_gan_discriminator(
                     {.size_px = config.crop, .width = width_or(options.discriminator_width, kWidth)})) {}

 private:
  static constexpr int kWidth = models::SeedGanOptions{}.width;  // as published
};

}  // namespace

MethodRow seed_gan_method() {
  return {.name = "seed_gan",
          .summary = "images from noise; dense layer, few convolutions",
          .source_text = "the article this project began with",
          .needs = {.photo = false},
          .crop_multiple = 64,
          .options = option_fields<NoiseOptions>(),
          .check = check_own<NoiseOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<SeedGan>(config, read_options<NoiseOptions>(config));
          }};
}

}  // namespace genga::train
