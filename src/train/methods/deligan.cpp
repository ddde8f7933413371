// GAN whose prior is a learnt mixture of Gaussians, z = mean_i + deviation_i * noise with a component i drawn
// uniformly. Source: Gurumurthy, Sarvadevabhatla and Babu 2017, arXiv 1706.02071; val-iisc/deligan.
#include "genga/models.h"
#include "train/losses/mixture.h"
#include "train/methods/methods.h"
#include "train/methods/noise_gan.h"

namespace genga::train {
namespace {

struct MixtureOptions {
  int components = 50;
  double w_sigma = 0;
  static std::vector<Option<MixtureOptions>> table() {
    return {{"components", kNetworks, "Gaussians in the learnt latent", &MixtureOptions::components, 1, 4096},
            {"w_sigma", kLosses, "weight: deviations of the learnt latent stay near 1", &MixtureOptions::w_sigma}};
  }
};
using DeliganOptions = OptionSet<NoiseOptions, MixtureOptions>;

class Deligan final : public NoiseGan {
 public:
  Deligan(const RunConfig& config, const DeliganOptions& options)
      : NoiseGan(config, options, "deligan_generator",
                 models::deligan_generator({.size_px = config.crop,
                                            .width = width_or(options.width, kWidth),
                                            .latent = options.latent,
                                            .components = options.components}),
                 models::dcgan_discriminator(
                     {.size_px = config.crop, .width = width_or(options.discriminator_width, kWidth), .logits = true})),
        options_(options) {}

 private:
  static constexpr int kWidth = models::DeliganOptions{}.width;  // as published

  /// Eq. (8): without it the deviations shrink, and every component to a single image.
  void add_generator_losses(LossSum& loss) override {
    loss.add("sigma", options_.w_sigma, sigma_regulariser(generator().parameters().at("mixture.deviation")));
  }

  const DeliganOptions options_;
};

}  // namespace

MethodRow deligan_method() {
  return {.name = "deligan",
          .summary = "images from a learnt mixture of Gaussians; for some hundred images",
          .source_text = "Gurumurthy et al., CVPR 2017, arXiv 1706.02071",
          .needs = {.photo = false},
          .crop_multiple = 64,
          .options = option_fields<DeliganOptions>(),
          .check = check_own<DeliganOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<Deligan>(config, read_options<DeliganOptions>(config));
          }};
}

}  // namespace genga::train
