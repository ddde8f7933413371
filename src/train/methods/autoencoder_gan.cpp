// x^ = D(E(x)): photos and style images go through one code and back; a patch discriminator asks that what comes back
// from a photo looks like a style image. Source: the article this project began with. The reconstruction of photos
// holds the content (its L1 is the anchor of the paired methods, Isola et al. 2017), that of style images teaches the
// decoder their strokes.
#include "train/methods/autoencoder_gan.h"

#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/content.h"

namespace genga::train {
namespace {

class AutoencoderGan final : public GanMethod {
 public:
  explicit AutoencoderGan(const RunConfig& config)
      : GanMethod(config, "autoencoder"),
        g_(training_state().network("generator", models::autoencoder(width_or(config.width, 32)), Start::kHe)),
        d_(training_state().network("discriminator",
                            models::patchgan_discriminator({.width = width_or(config.discriminator_width, 64)}),
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
      loss.add("reconstruction", config().w_reconstruction, l1(fake, batch.photo));
      if (config().w_identity > 0) loss.add("identity", config().w_identity, l1(g_.forward(batch.style), batch.style));
      if (plays) {
        const Frozen frozen(d_);
        loss.add("g", config().w_adversarial, loss_to_fool(adversarial(), d_.forward(augmented(fake, context))));
      }
      descend(adam_g_, loss.total(), generator_rate(context), "g", terms);
      end_step(context);
      return terms;
    });
  }

 private:
  torchnet::Network& g_;
  torchnet::Network& d_;
  Adam& adam_g_;
  Adam& adam_d_;
};

}  // namespace

std::unique_ptr<Method> make_autoencoder_gan(const RunConfig& config) {
  return std::make_unique<AutoencoderGan>(config);
}

}  // namespace genga::train
