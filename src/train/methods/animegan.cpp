// AnimeGAN. Source: Chen, Liu and Chen 2019, "AnimeGAN: a novel lightweight GAN for photo animation";
// TachibanaYoshino/AnimeGAN, AnimeGAN.py; algorithms.md 5. x are photos, a anime images, y = grey a, e = grey and
// with smoothed edges. The grey images teach strokes without the palette; colors come from the photo.
#include "train/methods/animegan.h"

#include <utility>

#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/color.h"
#include "train/losses/content.h"
#include "train/losses/style.h"
#include "train/losses/total_variation.h"
#include "train/parts/perceptual.h"

namespace genga::train {
namespace {

class Animegan final : public GanMethod {
 public:
  Animegan(const RunConfig& config, std::string_view method, AnimeganNetworks networks)
      : GanMethod(config, std::move(networks.architecture)),
        look_(open_perceptual(config.perceptual, method, training_state().compute())),
        g_(training_state().network("generator", std::move(networks.generator), networks.generator_start)),
        d_(training_state().network("discriminator", std::move(networks.discriminator), Start::kNormal02, {.spectral_norm = true})),
        adam_g_(training_state().optimizer("generator", {&g_}, generator_adam())),
        adam_d_(training_state().optimizer("discriminator", {&d_}, discriminator_adam())) {
    set_result(g_);
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor& p = batch.photo;           // [N,3,crop,crop]
      const at::Tensor x = grey_rgb(batch.style);  // [N,3,crop,crop]
      const at::Tensor fake = g_.forward(p);       // G(p)
      if (context.step() < config().warmup) {
        warm_up(p, fake, context, terms);
      } else {
        train_discriminator(batch, x, fake.detach(), context, terms);
        train_generator(p, x, fake, context, terms);
      }
      end_step(context);
      return terms;
    });
  }

 private:
  /// The generator first learns to give the photo's content back.
  void warm_up(const at::Tensor& p, const at::Tensor& fake, StepContext& context, Terms& terms) {
    LossSum loss(terms);
    loss.add("content", config().w_content, l1(look_.content(fake), look_.content(p)));
    descend(adam_g_, loss.total(), generator_rate(context), "g", terms);
  }

  /// L(D): a, x, G(p) and y, each with its weight.
  void train_discriminator(const Images& batch, const at::Tensor& x, const at::Tensor& fake, StepContext& context,
                    Terms& terms) {
    const Discriminator logits = [&](const at::Tensor& image) { return d_.forward(augmented(image, context)); };
    const at::Tensor of_real = logits(batch.style);
    const double weight = config().w_discriminator;
    LossSum loss(terms);
    loss.add("d_real", weight * config().d_real, loss_when_real(adversarial(), of_real, config().label_real));
    loss.add("d_grey", weight * config().d_grey, loss_when_fake(adversarial(), logits(x)));
    loss.add("d_fake", weight * config().d_fake, loss_when_fake(adversarial(), logits(fake)));
    const at::Tensor of_y = logits(grey_rgb(batch.style_smooth));
    loss.add("d_smooth", weight * config().d_smooth, loss_when_fake(adversarial(), of_y));
    observe_real(of_real);
    add_penalties(loss, "penalty", logits, batch.style, fake, context);
    descend(adam_d_, loss.total(), discriminator_rate(context), "d", terms);
  }

  void train_generator(const at::Tensor& p, const at::Tensor& x, const at::Tensor& fake, StepContext& context,
                       Terms& terms) {
    const Frozen frozen(d_);
    LossSum loss(terms);  // L(G)
    const at::Tensor logits = d_.forward(augmented(fake, context));
    loss.add("g", config().w_adversarial, loss_to_fool(adversarial(), logits));
    const at::Tensor features = look_.content(fake);
    loss.add("content", config().w_content, l1(features, look_.content(p)));      // L_con
    loss.add("style", config().w_style, style_loss(look_.content(x), features));  // L_gra
    loss.add("color", config().w_color, yuv_loss(fake, p));                       // L_col
    if (config().w_tv > 0) loss.add("tv", config().w_tv, total_variation(fake));  // v2 only
    descend(adam_g_, loss.total(), generator_rate(context), "g", terms);
  }

  Perceptual look_;
  torchnet::Network &g_, &d_;
  Adam &adam_g_, &adam_d_;
};

}  // namespace

std::unique_ptr<Method> make_animegan_of(const RunConfig& config, std::string_view method, AnimeganNetworks networks) {
  return std::make_unique<Animegan>(config, method, std::move(networks));
}

std::unique_ptr<Method> make_animegan(const RunConfig& config) {
  const int width = width_or(config.discriminator_width, 32);
  return make_animegan_of(config, "animegan",
                          {"animegan", models::animegan(width_or(config.width, 64)),
                           models::animegan_discriminator(width), Start::kXavier});
}

}  // namespace genga::train
