// Deep convolutional GAN. Source: Radford, Metz and Chintala 2015, arXiv 1511.06434; pytorch/examples, dcgan/main.py.
#include "train/methods/dcgan.h"

#include "genga/models.h"
#include "train/methods/noise_gan.h"

namespace genga::train {
namespace {

class Dcgan final : public NoiseGan {
 public:
  Dcgan(const RunConfig& config, const models::DcganOptions& generator, const models::DcganOptions& discriminator)
      : NoiseGan(config, "dcgan_generator", models::dcgan_generator(generator),
                 models::dcgan_discriminator(discriminator)) {}
};

}  // namespace

std::unique_ptr<Method> make_dcgan(const RunConfig& config) {
  const int published = models::DcganOptions{}.width;
  return std::make_unique<Dcgan>(
      config,
      models::DcganOptions{.size_px = config.crop, .width = width_or(config.width, published), .latent = config.latent},
      models::DcganOptions{
          .size_px = config.crop, .width = width_or(config.discriminator_width, published), .logits = true});
}

}  // namespace genga::train
