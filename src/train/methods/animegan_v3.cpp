// AnimeGANv3, a double-tail GAN. Source: Liu, Chen and Chen 2024, "A novel double-tail generative adversarial network
// for fast photo animation"; TachibanaYoshino/AnimeGANv3, AnimeGANv3_{hayao,shinkai}.py; algorithms.md 7. Differs: the
// discriminators see the images that the generator's step saw (the source runs the generator once more), and both
// tails take part in the warm-up of every preset.
#include <array>

#include "genga/base.h"
#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/filter_target/revision.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/color.h"
#include "train/losses/content.h"
#include "train/losses/style.h"
#include "train/losses/total_variation.h"
#include "train/methods/methods.h"
#include "train/parts/guided_filter.h"
#include "train/parts/perceptual.h"

namespace genga::train {
namespace {

struct AnimeganV3Weights {
  double w_style_middle = 0, w_style_fine = 0, w_region = 0, w_region_photo = 0;
  double w_main = 0, w_revised = 0, w_revised_content = 0;
  double denoise = 5;
  int denoise_window = 5, region_px = 50;
  static std::vector<Option<AnimeganV3Weights>> table() {
    using O = AnimeganV3Weights;
    return {
        {"w_style_middle", kLosses, "weight: the Gram matrices of a finer layer", &O::w_style_middle},
        {"w_style_fine", kLosses, "weight: the Gram matrices of the finest layer", &O::w_style_fine},
        {"w_region", kLosses, "weight: features of the result's own superpixels", &O::w_region},
        {"w_region_photo", kLosses, "weight: features of the photo's superpixels", &O::w_region_photo},
        {"w_main", kLosses, "weight: main tail's adversarial loss", &O::w_main},
        {"w_revised", kLosses, "weight: main tail equals the revised image", &O::w_revised},
        {"w_revised_content", kLosses, "weight: features of the revised image", &O::w_revised_content},
        {"denoise", kFilterTarget, "strength of non-local means on light, 0..255", &O::denoise, 0.1, 255},
        {"denoise_window", kFilterTarget, "window that non-local means compares, in pixels", &O::denoise_window, 1, 63},
        {"region_px", kFilterTarget, "smallest superpixel of a result", &O::region_px, 1, 100000},
    };
  }
};
using AnimeganV3Options =
    OptionSet<WidthOptions, PerceptualOption, LabelOption, AdversarialWeight, ContentWeight, StyleWeights,
              TotalVariationWeight, RealAndFakeWeights, SmoothWeight, AnimeganV3Weights, FlatnessOption>;

constexpr int kFilterRadius = 2;
constexpr double kFilterEps = 0.01;           // for images in 0..1
constexpr double kMainDiscriminator = 0.1;    // weight of its loss; the same in all presets
constexpr double kColorDenoise = 6;           // hColor; the same in all presets
constexpr double kAttentionMomentum = 0.001;  // batch norm's decay .999

/// The support tail's image after the guided filter, G_s1: [N,3,H,W] in [-1,1].
at::Tensor filter(const at::Tensor& support) {
  const at::Tensor guide = ((support + 1) / 2).clamp(0, 1);
  return (guided_filter(guide, guide, kFilterRadius, kFilterEps) * 2 - 1).clamp(-1, 1);
}

/// The generator's images of a batch, [N,3,H,W] each: G_s0, G_s1, G_m.
struct Tails {
  at::Tensor support, filtered, main;
};

RevisionOptions revision_from(const AnimeganV3Options& options) {
  return {.denoise = {.luma_strength = options.denoise,
                      .color_strength = kColorDenoise,
                      .template_px = options.denoise_window},
          .flatness = options.flatness,
          .regions = {.min_px = options.region_px}};
}

/// Always least squares, without penalties.
DiscriminatorOptions least_squares(const AnimeganV3Options& options) {
  DiscriminatorOptions result;
  result.label_real = options.label_real;
  return result;
}

class AnimeganV3 final : public GanMethod {
 public:
  AnimeganV3(const RunConfig& config, const AnimeganV3Options& options)
      : GanMethod(config, "animegan_v3", least_squares(options)),
        options_(options),
        look_(open_perceptual(options.perceptual, "animegan_v3", training_state().compute())),
        g_(training_state().network("generator", models::animegan_v3(width_or(options.width, 32)), Start::kXavier,
                                    {.batch_norm_momentum = kAttentionMomentum})),
        d_support_(discriminator("discriminator_support")),
        d_main_(discriminator("discriminator_main")),
        adam_g_(training_state().optimizer("generator", {&g_}, generator_adam())),
        adam_d_(training_state().optimizer("discriminators", {&d_support_, &d_main_}, discriminator_adam())),
        revision_(revision_from(options)),
        pool_(available_cores()) {
    set_result(g_, "main");
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const std::array wanted{g_.graph().find("support"), g_.graph().find("main")};
      const std::vector<at::Tensor> images = g_.forward(batch.photo, wanted);
      const Tails fake{images[0], filter(images[0]), images[1]};
      if (context.step() < config().warmup) {
        warm_up(batch, fake, context, terms);
      } else {
        play(batch, fake, context, terms);
      }
      end_step(context);
      return terms;
    });
  }

 private:
  torchnet::Network& discriminator(const std::string& name) {
    const int width = width_or(options_.discriminator_width, 32);
    return training_state().network(name, models::animegan_v3_discriminator(width), Start::kXavier,
                                    {.spectral_norm = true});
  }

  /// VGG_LOSS: of features, divided by their number.
  static at::Tensor feature_loss(const at::Tensor& a, const at::Tensor& b) {
    return l1(a, b) / static_cast<double>(a.size(1));
  }

  void warm_up(const Images& batch, const Tails& fake, StepContext& context, Terms& terms) {
    const at::Tensor photo = look_.content(batch.photo);
    LossSum loss(terms);
    loss.add("content", 1, feature_loss(look_.content(fake.filtered), photo));
    loss.add("content_main", 1, feature_loss(look_.content(fake.main), photo));
    descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
  }

  void play(const Images& batch, const Tails& fake, StepContext& context, Terms& terms) {
    Revision revision(pool_, revision_, fake.support, fake.filtered);  // goes on beside the next lines
    LossSum discriminators(terms), generator(terms);
    add_real_losses(batch, context, discriminators);
    add_support_losses(batch, fake, context, generator);
    const at::Tensor filtered = look_.content(fake.filtered), main = look_.content(fake.main);
    generator.add("content", options_.w_content, feature_loss(filtered, look_.content(batch.photo)));
    generator.add("region_photo", options_.w_region_photo, feature_loss(filtered, look_.content(batch.photo_segments)));

    const Revised revised = revision.wait();
    generator.add("region", options_.w_region, feature_loss(filtered, look_.content(revised.regions)));
    generator.add("revised", options_.w_revised, l1(fake.main, revised.image));
    generator.add("revised_content", options_.w_revised_content, feature_loss(main, look_.content(revised.image)));
    descend(adam_g_, generator.total(), generator_rate(context), "generator", terms);

    add_fake_losses(fake, revised.image, context, discriminators);
    descend(adam_d_, discriminators.total(), discriminator_rate(context), "discriminator", terms);
  }

  /// The generator's losses that need no revision.
  void add_support_losses(const Images& batch, const Tails& fake, StepContext& context, LossSum& loss) {
    const at::Tensor grey = grey_rgb(fake.filtered);
    const std::vector<at::Tensor> style = look_.style(grey_rgb(batch.style)), drawn = look_.style(grey);
    loss.add("style_fine", options_.w_style_fine, decentralised_style_loss(style[0], drawn[0]));
    loss.add("style_middle", options_.w_style_middle, decentralised_style_loss(style[1], drawn[1]));
    loss.add("style", options_.w_style, decentralised_style_loss(style[2], drawn[2]));
    loss.add("color", options_.w_color, lab_loss(fake.filtered, batch.photo));
    loss.add("tv", options_.w_tv, total_variation(fake.filtered) + total_variation(fake.main));
    const Frozen frozen_support(d_support_), frozen_main(d_main_);
    loss.add("g_support", options_.w_adversarial,
             loss_to_fool(Adversarial::kLsgan, d_support_.forward(augmented(grey, context)), options_.label_real));
    loss.add("g_main", options_.w_main,
             loss_to_fool(Adversarial::kLsgan, d_main_.forward(augmented(fake.main, context))));
  }

  /// The support discriminator's losses of style images.
  void add_real_losses(const Images& batch, StepContext& context, LossSum& loss) {
    const at::Tensor logits = d_support_.forward(augmented(grey_rgb(batch.style), context));
    const at::Tensor smooth = d_support_.forward(augmented(grey_rgb(batch.style_smooth), context));
    observe_real(logits);
    loss.add("d_real", options_.w_discriminator_real, loss_when_real(Adversarial::kLsgan, logits, options_.label_real));
    loss.add("d_smooth", options_.w_discriminator_smooth,
             loss_when_fake(Adversarial::kLsgan, smooth, 1 - options_.label_real));
  }

  void add_fake_losses(const Tails& fake, const at::Tensor& revised, StepContext& context, LossSum& loss) {
    const auto logits = [&](torchnet::Network& discriminator, const at::Tensor& images) {
      return discriminator.forward(augmented(images.detach(), context));
    };
    loss.add("d_fake", options_.w_discriminator_fake,
             loss_when_fake(Adversarial::kLsgan, logits(d_support_, grey_rgb(fake.filtered)), 1 - options_.label_real));
    loss.add("d_main", kMainDiscriminator,
             loss_when_real(Adversarial::kLsgan, logits(d_main_, revised)) +
                 loss_when_fake(Adversarial::kLsgan, logits(d_main_, fake.main)));
  }

  const AnimeganV3Options options_;
  Perceptual look_;
  torchnet::Network& g_;
  torchnet::Network& d_support_;
  torchnet::Network& d_main_;
  Adam& adam_g_;
  Adam& adam_d_;
  RevisionOptions revision_;
  ThreadPool pool_;
};

}  // namespace

MethodRow animegan_v3_method() {
  return {.name = "animegan_v3",
          .summary = "two tails, one learns from filtered images of the other; small and fast networks",
          .source_text = "Liu, Chen and Chen 2024; TachibanaYoshino/AnimeGANv3",
          .needs = {.style_smooth = true, .photo_segments = true},
          .crop_multiple = 8,
          .options = option_fields<AnimeganV3Options>(),
          .check = check_own<AnimeganV3Options>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<AnimeganV3>(config, read_options<AnimeganV3Options>(config));
          }};
}

}  // namespace genga::train
