// Deep convolutional GAN. Source: Radford, Metz and Chintala 2015, arXiv 1511.06434; pytorch/examples, dcgan/main.py.
#include "genga/models.h"
#include "train/methods/methods.h"
#include "train/methods/noise_gan.h"

namespace genga::train {
namespace {

class Dcgan final : public NoiseGan {
 public:
  Dcgan(const RunConfig& config, const NoiseOptions& options)
      : NoiseGan(
            config, options, "dcgan_generator",
            models::dcgan_generator(
                {.size_px = config.crop, .width = width_or(options.width, kWidth), .latent = options.latent}),
            models::dcgan_discriminator(
                {.size_px = config.crop, .width = width_or(options.discriminator_width, kWidth), .logits = true})) {}

 private:
  static constexpr int kWidth = models::DcganOptions{}.width;  // as published
};

}  // namespace

MethodRow dcgan_method() {
  return {.name = "dcgan",
          .summary = "images from noise; strided convolutions, for thousands of images",
          .source_text = "Radford et al. 2015, arXiv 1511.06434",
          .needs = {.photo = false},
          .crop_multiple = 64,
          .options = option_fields<NoiseOptions>(),
          .check = check_own<NoiseOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<Dcgan>(config, read_options<NoiseOptions>(config));
          }};
}

}  // namespace genga::train
