// x^ = D(E(x)): photos and style images go through one code and back; a patch discriminator asks that what comes back
// from a photo looks like a style image. Source: the article this project began with. The reconstruction of photos
// holds the content (its L1 is the anchor of the paired methods, Isola et al. 2017), that of style images teaches the
// decoder their strokes.
#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/content.h"
#include "train/methods/methods.h"

namespace genga::train {
namespace {

struct ReconstructionWeight {
  double w_reconstruction = 0;
  static std::vector<Option<ReconstructionWeight>> table() {
    return {{"w_reconstruction", kLosses, "weight: the autoencoder gives its input back",
             &ReconstructionWeight::w_reconstruction}};
  }
};
using AutoencoderOptions =
    OptionSet<WidthOptions, DiscriminatorOptions, AdversarialWeight, ReconstructionWeight, IdentityWeight>;

class AutoencoderGan final : public GanMethod {
 public:
  AutoencoderGan(const RunConfig& config, const AutoencoderOptions& options)
      : GanMethod(config, "autoencoder", options),
        options_(options),
        g_(training_state().network("generator", models::autoencoder(width_or(options.width, 32)), Start::kHe)),
        d_(training_state().network(
            "discriminator", models::patchgan_discriminator({.width = width_or(options.discriminator_width, 64)}),
            Start::kNormal02)),
        adam_g_(training_state().optimizer("generator", {&g_}, generator_adam())),
        adam_d_(training_state().optimizer("discriminator", {&d_}, discriminator_adam())) {
    set_result(g_);
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor fake = g_.forward(batch.photo);  // [N,3,H,W]
      const bool plays = context.step() >= config().warmup;
      if (plays) train_discriminator(d_, adam_d_, batch.style, fake.detach(), context, terms);
      LossSum loss(terms);
      loss.add("reconstruction", options_.w_reconstruction, l1(fake, batch.photo));
      if (options_.w_identity > 0) loss.add("identity", options_.w_identity, l1(g_.forward(batch.style), batch.style));
      if (plays) {
        const Frozen frozen(d_);
        loss.add("g", options_.w_adversarial, loss_to_fool(adversarial(), d_.forward(augmented(fake, context))));
      }
      descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
      end_step(context);
      return terms;
    });
  }

 private:
  const AutoencoderOptions options_;
  torchnet::Network& g_;
  torchnet::Network& d_;
  Adam& adam_g_;
  Adam& adam_d_;
};

}  // namespace

MethodRow autoencoder_method() {
  return {.name = "autoencoder_gan",
          .summary = "photo and style images through one code; all that is drawn went through it",
          .source_text = "the article this project began with",
          .crop_multiple = 8,
          .options = option_fields<AutoencoderOptions>(),
          .check = check_own<AutoencoderOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<AutoencoderGan>(config, read_options<AutoencoderOptions>(config));
          }};
}

}  // namespace genga::train
