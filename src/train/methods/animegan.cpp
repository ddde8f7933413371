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
#include "train/methods/methods.h"
#include "train/parts/perceptual.h"

namespace genga::train {
namespace {

class Animegan final : public GanMethod {
 public:
  Animegan(const RunConfig& config, const AnimeganOptions& options, std::string_view method, AnimeganNetworks networks)
      : GanMethod(config, std::move(networks.architecture), options),
        options_(options),
        look_(open_perceptual(options.perceptual, method, training_state().compute())),
        g_(training_state().network("generator", std::move(networks.generator), networks.generator_start)),
        d_(training_state().network("discriminator", std::move(networks.discriminator), Start::kNormal02,
                                    {.spectral_norm = true})),
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
    loss.add("content", options_.w_content, l1(look_.content(fake), look_.content(p)));
    descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
  }

  /// L(D): a, x, G(p) and y, each with its weight.
  void train_discriminator(const Images& batch, const at::Tensor& x, const at::Tensor& fake, StepContext& context,
                           Terms& terms) {
    const Discriminator logits = [&](const at::Tensor& image) { return d_.forward(augmented(image, context)); };
    const at::Tensor of_real = logits(batch.style);
    const double weight = options_.w_discriminator;
    LossSum loss(terms);
    loss.add("d_real", weight * options_.w_discriminator_real,
             loss_when_real(adversarial(), of_real, options_.label_real));
    loss.add("d_grey", weight * options_.w_discriminator_grey, loss_when_fake(adversarial(), logits(x)));
    loss.add("d_fake", weight * options_.w_discriminator_fake, loss_when_fake(adversarial(), logits(fake)));
    const at::Tensor of_y = logits(grey_rgb(batch.style_smooth));
    loss.add("d_smooth", weight * options_.w_discriminator_smooth, loss_when_fake(adversarial(), of_y));
    observe_real(of_real);
    add_penalties(loss, "penalty", logits, batch.style, fake, context);
    descend(adam_d_, loss.total(), discriminator_rate(context), "discriminator", terms);
  }

  void train_generator(const at::Tensor& p, const at::Tensor& x, const at::Tensor& fake, StepContext& context,
                       Terms& terms) {
    const Frozen frozen(d_);
    LossSum loss(terms);  // L(G)
    const at::Tensor logits = d_.forward(augmented(fake, context));
    loss.add("g", options_.w_adversarial, loss_to_fool(adversarial(), logits));
    const at::Tensor features = look_.content(fake);
    loss.add("content", options_.w_content, l1(features, look_.content(p)));      // L_con
    loss.add("style", options_.w_style, style_loss(look_.content(x), features));  // L_gra
    loss.add("color", options_.w_color, yuv_loss(fake, p));                       // L_col
    if (options_.w_tv > 0) loss.add("tv", options_.w_tv, total_variation(fake));  // v2 only
    descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
  }

  const AnimeganOptions options_;
  Perceptual look_;
  torchnet::Network &g_, &d_;
  Adam &adam_g_, &adam_d_;
};

}  // namespace

std::unique_ptr<Method> make_animegan_of(const RunConfig& config, const AnimeganOptions& options,
                                         std::string_view method, AnimeganNetworks networks) {
  return std::make_unique<Animegan>(config, options, method, std::move(networks));
}

MethodRow animegan_method() {
  return {.name = "animegan",
          .summary = "strokes from grey images, colors from the photo",
          .source_text = "Chen, Liu and Chen 2019; TachibanaYoshino/AnimeGAN",
          .needs = {.style_smooth = true},
          .options = option_fields<AnimeganOptions>(),
          .check = check_own<AnimeganOptions>,
          .make = [](const RunConfig& config) {
            const auto options = read_options<AnimeganOptions>(config);
            const int width = width_or(options.discriminator_width, 32);
            return make_animegan_of(config, options, "animegan",
                                    {"animegan", models::animegan(width_or(options.width, 64)),
                                     models::animegan_discriminator(width), Start::kXavier});
          }};
}

}  // namespace genga::train
