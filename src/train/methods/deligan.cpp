// GAN whose prior is a learnt mixture of Gaussians, z = mean_i + deviation_i * noise with a component i drawn
// uniformly. Source: Gurumurthy, Sarvadevabhatla and Babu 2017, arXiv 1706.02071; val-iisc/deligan.
#include "train/methods/deligan.h"

#include "genga/models.h"
#include "train/losses/mixture.h"
#include "train/methods/noise_gan.h"

namespace genga::train {
namespace {

class Deligan final : public NoiseGan {
 public:
  Deligan(const RunConfig& config, const models::DeliganOptions& generator, const models::DcganOptions& discriminator)
      : NoiseGan(config, "deligan_generator", models::deligan_generator(generator),
                 models::dcgan_discriminator(discriminator)) {}

 private:
  /// Eq. (8): without it the deviations shrink, and every component to a single image.
  void add_generator_losses(LossSum& loss) override {
    loss.add("sigma", config().w_sigma, sigma_regulariser(generator().parameters().at("mixture.deviation")));
  }
};

}  // namespace

std::unique_ptr<Method> make_deligan(const RunConfig& config) {
  const int published = models::DeliganOptions{}.width;
  return std::make_unique<Deligan>(
      config,
      models::DeliganOptions{.size_px = config.crop,
                             .width = width_or(config.width, published),
                             .latent = config.latent,
                             .components = config.components},
      models::DcganOptions{
          .size_px = config.crop, .width = width_or(config.discriminator_width, published), .logits = true});
}

}  // namespace genga::train
