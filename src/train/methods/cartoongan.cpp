// CartoonGAN. Source: Chen, Lai and Liu, CVPR 2018, "CartoonGAN: generative adversarial networks for photo
// cartoonization"; algorithms.md 4. p are photos, c cartoons, e cartoons whose edges are smoothed away: what a
// discriminator must call false, so that the generator learns clear edges.
#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/content.h"
#include "train/methods/methods.h"
#include "train/parts/perceptual.h"
#include "train/parts/pixel_format.h"

namespace genga::train {
namespace {

/// Of the published weights, so that runs may start from them: BGR 0..255 in, 0..1 out (algorithms.md T11).
constexpr weights::PixelFormat kPixels{weights::ChannelOrder::kBgr, 0, 255, 0, 1};

using CartoonganOptions = OptionSet<WidthOptions, PerceptualOption, DiscriminatorOptions, AdversarialWeight,
                                    ContentWeight, RealAndFakeWeights, SmoothWeight>;

class CartoonGan final : public GanMethod {
 public:
  CartoonGan(const RunConfig& config, const CartoonganOptions& options)
      : GanMethod(config, "cartoongan", options),
        options_(options),
        look_(open_perceptual(options.perceptual, "cartoongan", training_state().compute())),
        g_(training_state().network("generator", models::cartoongan(width_or(options.width, 64)), Start::kNormal02)),
        d_(training_state().network("discriminator",
                                    models::cartoongan_discriminator(width_or(options.discriminator_width, 32)),
                                    Start::kNormal02)),
        adam_g_(training_state().optimizer("generator", {&g_}, generator_adam())),
        adam_d_(training_state().optimizer("discriminator", {&d_}, discriminator_adam())) {
    set_result(g_);
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor& p = batch.photo;  // [N,3,crop,crop]
      const at::Tensor fake = from_network_pixels(g_.forward(to_network_pixels(p, kPixels)), kPixels);  // G(p)
      const bool playing = context.step() >= config().warmup;  // initialization phase: the content alone
      if (playing) train_discriminator(batch, fake.detach(), context, terms);

      const Frozen frozen(d_);
      LossSum loss(terms);                                                                 // L_adv + omega L_con
      loss.add("content", options_.w_content, l1(look_.content(fake), look_.content(p)));  // L_con
      if (playing) {
        const at::Tensor logits = d_.forward(augmented(fake, context));
        loss.add("g", options_.w_adversarial, loss_to_fool(adversarial(), logits));
      }
      descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
      end_step(context);
      return terms;
    });
  }

  weights::Model result() override {
    weights::Model model = GanMethod::result();
    model.card.pixels = kPixels;
    return model;
  }

  at::Tensor stylise(const at::Tensor& photo) override {
    return from_network_pixels(GanMethod::stylise(to_network_pixels(photo, kPixels)), kPixels);
  }

 private:
  /// L_adv, edge-promoting: log D(c) + log(1 - D(e)) + log(1 - D(G(p))).
  void train_discriminator(const Images& batch, const at::Tensor& fake, StepContext& context, Terms& terms) {
    const Discriminator logits = [&](const at::Tensor& image) { return d_.forward(augmented(image, context)); };
    const at::Tensor of_real = logits(batch.style);
    LossSum loss(terms);
    loss.add("d_real", options_.w_discriminator_real, loss_when_real(adversarial(), of_real, options_.label_real));
    loss.add("d_smooth", options_.w_discriminator_smooth, loss_when_fake(adversarial(), logits(batch.style_smooth)));
    loss.add("d_fake", options_.w_discriminator_fake, loss_when_fake(adversarial(), logits(fake)));
    observe_real(of_real);
    add_penalties(loss, "penalty", logits, batch.style, fake, context);
    descend(adam_d_, loss.total(), discriminator_rate(context), "discriminator", terms);
  }

  const CartoonganOptions options_;
  Perceptual look_;
  torchnet::Network &g_, &d_;
  Adam &adam_g_, &adam_d_;
};

}  // namespace

MethodRow cartoongan_method() {
  return {.name = "cartoongan",
          .summary = "residual generator; cartoons with blurred contours as negatives make it draw lines",
          .source_text = "Chen, Lai and Liu, CVPR 2018",
          .needs = {.style_smooth = true},
          .options = option_fields<CartoonganOptions>(),
          .check = check_own<CartoonganOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<CartoonGan>(config, read_options<CartoonganOptions>(config));
          }};
}

}  // namespace genga::train
