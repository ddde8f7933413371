// White-box cartoonization. Source: Wang and Yu, CVPR 2020, "Learning to cartoonize using white-box cartoon
// representations"; SystemErrorWang/White-box-Cartoonization, train_code; algorithms.md 11. A cartoon is seen in three
// ways, each with its weight: surface (smoothed), structure (superpixels), texture (grey of random weights). Differs:
// no face images in every fifth step, and the discriminators see the images that the generator's step saw.
#include <string>

#include "filters/regions/slic.h"
#include "filters/resample.h"
#include "genga/base.h"
#include "genga/models.h"
#include "genga/thread_pool.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/color.h"
#include "train/losses/content.h"
#include "train/losses/total_variation.h"
#include "train/methods/methods.h"
#include "train/parts/guided_filter.h"
#include "train/parts/perceptual.h"
#include "train/parts/pixel_format.h"

namespace genga::train {
namespace {

using torchnet::Network;

struct WhiteboxWeights {
  double w_surface = 0, w_texture = 0, w_structure = 0;
  static std::vector<Option<WhiteboxWeights>> table() {
    return {{"w_surface", kLosses, "weight: surface discriminator (smoothed images)", &WhiteboxWeights::w_surface},
            {"w_texture", kLosses, "weight: texture discriminator (random luma)", &WhiteboxWeights::w_texture},
            {"w_structure", kLosses, "weight: superpixel structure", &WhiteboxWeights::w_structure}};
  }
};
using WhiteboxOptions = OptionSet<WidthOptions, PerceptualOption, DiscriminatorOptions, DiscriminatorWeight,
                                  WhiteboxWeights, ContentWeight, TotalVariationWeight>;

/// Of the published weights: BGR in [-1,1].
constexpr weights::PixelFormat kPixels{.order = weights::ChannelOrder::kBgr};
/// Radius and eps of the guided filters: behind the generator while it trains, and for the surface.
constexpr int kOutputRadius = 1, kSurfaceRadius = 5;
constexpr double kOutputEps = 1e-2, kSurfaceEps = 0.2;

/// Every superpixel in its mean color, without gradient. [N,3,H,W] in [-1,1]
at::Tensor superpixels(const at::Tensor& images, ThreadPool& pool) {
  const at::Tensor src = images.detach().to(at::kCPU, at::kFloat).contiguous();
  const at::Tensor dst = at::empty_like(src);
  const auto width = static_cast<int>(src.size(3)), height = static_cast<int>(src.size(2));
  const auto values = static_cast<std::size_t>(src.stride(0));
  TaskGroup group(pool);
  for (std::int64_t i = 0; i < src.size(0); ++i) {
    group.add([=, from = std::span<const float>(src.data_ptr<float>() + i * src.stride(0), values),
               to = std::span<float>(dst.data_ptr<float>() + i * src.stride(0), values)] {
      const image::Image image = filters::from_planar(from, width, height);
      filters::paint_means(image, filters::slic(image, {}), to);
    });
  }
  group.wait();
  return dst.to(images.device()).contiguous(at::MemoryFormat::ChannelsLast);
}

/// F_dgf of section 3.1: textures go, edges stay.
at::Tensor surface(const at::Tensor& image) {
  return guided_filter(image, image, kSurfaceRadius, kSurfaceEps);
}

class Whitebox final : public GanMethod {
 public:
  Whitebox(const RunConfig& config, const WhiteboxOptions& options)
      : GanMethod(config, "whitebox", options),
        options_(options),
        look_(open_perceptual(options.perceptual, "whitebox", training_state().compute())),
        g_(training_state().network("generator", models::whitebox(width_or(options.width, 32)), Start::kXavier)),
        d_s_(discriminator("discriminator_surface", 3)),
        d_t_(discriminator("discriminator_texture", 1)),
        adam_g_(training_state().optimizer("generator", {&g_}, generator_adam())),
        adam_d_(training_state().optimizer("discriminators", {&d_s_, &d_t_}, discriminator_adam())),
        pool_(available_cores()) {
    set_result(g_);
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor& photo = batch.photo;  // I_p, [N,3,crop,crop]
      const ir::NodeId unfiltered = g_.graph().find("out");
      const at::Tensor output = from_network_pixels(
          g_.forward(to_network_pixels(photo, kPixels), std::span(&unfiltered, 1)).front(), kPixels);
      if (context.step() < config().warmup) {
        LossSum loss(terms);  // the generator first learns to give the photo back
        loss.add("photo", 1, l1(output, photo));
        descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
      } else {
        const at::Tensor fake = guided_filter(photo, output, kOutputRadius, kOutputEps);  // G(I_p)
        const at::Tensor grey = random_luma(at::cat({fake, batch.style}), context);       // section 3.3
        const std::int64_t n = fake.size(0);
        train_generator(photo, fake, grey.narrow(0, 0, n), context, terms);
        const at::Tensor seen = grey.detach();
        train_discriminators(batch.style, fake.detach(), seen.narrow(0, n, n), seen.narrow(0, 0, n), context, terms);
      }
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
  Network& discriminator(const std::string& name, int channels) {
    const int width = width_or(options_.discriminator_width, 32);
    return training_state().network(name, models::whitebox_discriminator(channels, width), Start::kXavier,
                                    {.spectral_norm = true});
  }

  /// The authors divide some means by the image's area once more, and chose weights for 256 px: this makes those
  /// weights mean the same at any crop.
  double area() const { return static_cast<double>(config().crop) * config().crop / (256 * 256); }

  /// Mean distance of features, divided by their number once more.
  static at::Tensor feature_loss(const at::Tensor& a, const at::Tensor& b) {
    return l1(a, b) / static_cast<double>(a.numel() / a.size(0));
  }

  /// Section 3.4: surface, texture, structure, content, total variation.
  void train_generator(const at::Tensor& photo, const at::Tensor& fake, const at::Tensor& fake_grey,
                       StepContext& context, Terms& terms) {
    const Frozen frozen_s(d_s_), frozen_t(d_t_);
    const auto fool = [&](Network& net, const at::Tensor& view) {
      return loss_to_fool(adversarial(), net.forward(augmented(view, context)));
    };
    LossSum loss(terms);
    loss.add("g_surface", options_.w_surface, fool(d_s_, surface(fake)));  // section 3.1
    loss.add("g_texture", options_.w_texture, fool(d_t_, fake_grey));      // section 3.3
    const at::Tensor features = look_.content(fake);
    const at::Tensor of_regions = look_.content(superpixels(fake, pool_));
    loss.add("structure", options_.w_structure * area(), feature_loss(features, of_regions));  // section 3.2
    loss.add("content", options_.w_content * area(), feature_loss(features, look_.content(photo)));
    loss.add("tv", options_.w_tv * area(), whitebox_total_variation(fake));
    descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
  }

  /// The other sides of the adversarial losses.
  void train_discriminators(const at::Tensor& style, const at::Tensor& fake, const at::Tensor& style_grey,
                            const at::Tensor& fake_grey, StepContext& context, Terms& terms) {
    LossSum loss(terms);
    const auto judge = [&](const std::string& name, Network& net, const at::Tensor& real, const at::Tensor& faked) {
      const Discriminator logits = [&](const at::Tensor& view) { return net.forward(augmented(view, context)); };
      const at::Tensor of_real = logits(real);
      loss.add(
          "d_" + name, options_.w_discriminator,
          loss_when_real(adversarial(), of_real, options_.label_real) + loss_when_fake(adversarial(), logits(faked)));
      add_penalties(loss, "penalty_" + name, logits, real, faked, context);
      return of_real;
    };
    observe_real(judge("surface", d_s_, surface(style), surface(fake)));
    judge("texture", d_t_, style_grey, fake_grey);
    descend(adam_d_, loss.total(), discriminator_rate(context), "discriminator", terms);
  }

  const WhiteboxOptions options_;
  Perceptual look_;
  Network &g_, &d_s_, &d_t_;
  Adam &adam_g_, &adam_d_;
  ThreadPool pool_;
};

}  // namespace

MethodRow whitebox_method() {
  return {.name = "whitebox",
          .summary = "flat surfaces, superpixels and texture judged one by one; tiles exactly, no speckles",
          .source_text = "Wang and Yu, CVPR 2020",
          .crop_multiple = 8,
          .options = option_fields<WhiteboxOptions>(),
          .check = check_own<WhiteboxOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<Whitebox>(config, read_options<WhiteboxOptions>(config));
          }};
}

}  // namespace genga::train
