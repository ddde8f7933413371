// CycleGAN. Source: Zhu, Park, Isola and Efros, ICCV 2017, arXiv 1703.10593; junyanz/pytorch-CycleGAN-and-pix2pix,
// models/cycle_gan_model.py. X are photos, Y is the style; G: X -> Y is the result, F: Y -> X its inverse.
#include <string>

#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/content.h"
#include "train/methods/methods.h"
#include "train/parts/image_pool.h"

namespace genga::train {
namespace {

using torchnet::Network;

using CycleganOptions =
    OptionSet<WidthOptions, DiscriminatorOptions, AdversarialWeight, DiscriminatorWeight, CycleWeight, IdentityWeight>;

/// Section 4: 6 residual blocks for 128 px, 9 from 256 px on.
int blocks_for(const RunConfig& config) {
  return config.crop < 256 ? 6 : 9;
}

ir::Graph generator_graph(const RunConfig& config, const CycleganOptions& options) {
  return models::resnet_generator({.blocks = blocks_for(config), .width = width_or(options.width, 64)});
}

ir::Graph discriminator_graph(const CycleganOptions& options) {
  return models::patchgan_discriminator({.width = width_or(options.discriminator_width, 64)});
}

class CycleGan final : public GanMethod {
 public:
  CycleGan(const RunConfig& config, const CycleganOptions& options)
      : GanMethod(config, "resnet_" + std::to_string(blocks_for(config)) + "blocks", options),
        options_(options),
        g_(training_state().network("generator", generator_graph(config, options), Start::kNormal02)),
        f_(training_state().network("inverse", generator_graph(config, options), Start::kNormal02)),
        d_y_(training_state().network("discriminator_style", discriminator_graph(options), Start::kNormal02)),
        d_x_(training_state().network("discriminator_photo", discriminator_graph(options), Start::kNormal02)),
        adam_g_(training_state().optimizer("generators", {&g_, &f_}, generator_adam())),
        adam_d_(training_state().optimizer("discriminators", {&d_y_, &d_x_}, discriminator_adam())) {
    training_state().include("pool_style", pool_y_);
    training_state().include("pool_photo", pool_x_);
    set_result(g_);
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor& x = batch.photo;        // [N,3,crop,crop]
      const at::Tensor& y = batch.style;        // [N,3,crop,crop]
      const at::Tensor fake_y = g_.forward(x);  // G(x)
      const at::Tensor fake_x = f_.forward(y);  // F(y)
      train_generators(x, y, fake_x, fake_y, context, terms);
      LossSum loss(terms);
      add_discriminator(loss, "style", d_y_, y, pool_y_.exchange(fake_y, context), context);
      add_discriminator(loss, "photo", d_x_, x, pool_x_.exchange(fake_x, context), context);
      descend(adam_d_, loss.total(), discriminator_rate(context), "discriminator", terms);
      end_step(context);
      return terms;
    });
  }

 private:
  void train_generators(const at::Tensor& x, const at::Tensor& y, const at::Tensor& fake_x, const at::Tensor& fake_y,
                        StepContext& context, Terms& terms) {
    const Frozen frozen_y(d_y_), frozen_x(d_x_);
    LossSum loss(terms);
    const auto fool = [&](Network& discriminator, const at::Tensor& fake) {
      return loss_to_fool(adversarial(), discriminator.forward(augmented(fake, context)));
    };
    loss.add("g_style", options_.w_adversarial, fool(d_y_, fake_y));  // eq. (1), least squares as in section 4
    loss.add("g_photo", options_.w_adversarial, fool(d_x_, fake_x));
    loss.add("cycle", options_.w_cycle, l1(f_.forward(fake_y), x) + l1(g_.forward(fake_x), y));  // eq. (2)
    if (options_.w_identity > 0) {                                                               // section 5.2
      loss.add("identity", options_.w_identity, l1(g_.forward(y), y) + l1(f_.forward(x), x));
    }
    descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
  }

  /// Old fakes as well as new ones (section 4).
  void add_discriminator(LossSum& loss, const std::string& name, Network& discriminator, const at::Tensor& real,
                         const at::Tensor& fake, StepContext& context) {
    const Discriminator logits = [&](const at::Tensor& image) {
      return discriminator.forward(augmented(image, context));
    };
    const at::Tensor of_real = logits(real);
    loss.add("d_" + name, options_.w_discriminator,
             loss_when_real(adversarial(), of_real, options_.label_real) + loss_when_fake(adversarial(), logits(fake)));
    observe_real(of_real);
    add_penalties(loss, "penalty_" + name, logits, real, fake, context);
  }

  const CycleganOptions options_;
  Network &g_, &f_, &d_y_, &d_x_;
  Adam &adam_g_, &adam_d_;
  ImagePool pool_y_, pool_x_;
};

}  // namespace

MethodRow cyclegan_method() {
  return {.name = "cyclegan",
          .summary = "two generators, there and back again; learns from few kinds of images, keeps shapes",
          .source_text = "Zhu et al., ICCV 2017, arXiv 1703.10593",
          .options = option_fields<CycleganOptions>(),
          .check = check_own<CycleganOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<CycleGan>(config, read_options<CycleganOptions>(config));
          }};
}

}  // namespace genga::train
