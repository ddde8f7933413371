// Genga's own method. During the warm-up the generator learns what the filter target paints of the photo. Then
// spectrally normalized patch discriminators, on color and on grey, push it to the style, one more may keep it as crisp
// as the target's paintings (w_adversarial_target), and the colors and features of each result are compared with those
// of a style crop of similar light and detail (style_choice): how they are spread, not where they are. The filter
// target stays, with less weight (anchor). Related: CartoonGAN (edge-smoothed negatives, warm-up), AnimeGAN (grey
// discriminator), AnimeGANv3 (filtered target), Heitz et al. 2021 (sliced Wasserstein distance of features).
#include <optional>
#include <utility>
#include <vector>

#include "genga/models.h"
#include "torchnet/convert.h"
#include "torchnet/torch_guard.h"
#include "train/filter_target/filter_target.h"
#include "train/filter_target/look.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/color.h"
#include "train/losses/content.h"
#include "train/losses/style.h"
#include "train/methods/methods.h"
#include "train/parts/perceptual.h"
#include "train/parts/target_loss.h"

namespace genga::train {
namespace {

struct GengaWeights {
  double w_adversarial_color = 0, w_adversarial_grey = 0, w_adversarial_target = 0;
  double w_strokes = 0, anchor = 1;
  bool measure_style = false;
  int color_units = 0;
  static std::vector<Option<GengaWeights>> table() {
    using O = GengaWeights;
    return {
        {"w_adversarial_color", kLosses, "weight: color discriminator; 0: none", &O::w_adversarial_color},
        {"w_adversarial_grey", kLosses, "weight: grey discriminator; 0: none", &O::w_adversarial_grey},
        {"w_adversarial_target", kLosses,
         "weight: discriminator that knows the filter target's paintings, which makes them crisp; 0: none",
         &O::w_adversarial_target},
        {"w_strokes", kLosses, "weight: colors and features are spread like a style crop's", &O::w_strokes},
        {"anchor", kLosses, "fraction of w_target, w_gradient, w_flat and w_low that stays after the warm-up",
         &O::anchor, 0, 1},
        {"measure_style", kFilterTarget, "colors, flatness and lines of the target are measured of the style's images",
         &O::measure_style},
        {"color_units", kNetworks,
         "units of a map from color to color at the generator's end, which draws steps of light crisply; 0: none",
         &O::color_units, 0, 256},
    };
  }
};
using GengaOptions = OptionSet<WidthOptions, PerceptualOption, AdversarialOption, TargetWeights, GengaWeights,
                               SmoothWeight, ContentWeight, FilterTargetOptions>;

/// Without label smoothing and penalties.
DiscriminatorOptions plain_game(const GengaOptions& options) {
  DiscriminatorOptions result;
  result.adversarial = options.adversarial;
  return result;
}

constexpr std::string_view kTarget = "target";  // the discriminator of the target's paintings
constexpr int kStudied = 64;                    // images of each kind
constexpr std::int64_t kShifts = 8;  // places on each axis where features are cut: the grid of three strides of 2

using torchnet::Network;

struct Discriminator {
  std::string name;
  double weight;
  Network& net;
  Adam& adam;
  /// What it judges of an image.
  at::Tensor view(const at::Tensor& rgb) const { return net.graph().input().channels == 1 ? luma(rgb) : rgb; }
};

/// Features have long tails: their logarithm weighs faint strokes too. [N,C,H,W]
at::Tensor compressed(const at::Tensor& features) {
  return at::log1p(at::relu(features));
}

class GengaMethod final : public GanMethod {
 public:
  GengaMethod(const RunConfig& config, const GengaOptions& options)
      : GanMethod(config, options.color_units > 0 ? "genga_color" : "genga_lite", plain_game(options)),
        options_(options),
        target_(options),
        generator_(training_state().network(
            "generator", models::genga_lite({.width = width_or(options.width, 32), .color_units = options.color_units}),
            Start::kSmall)),
        adam_(training_state().optimizer("generator", {&generator_}, generator_adam())) {
    if (options.w_adversarial_color > 0) add_discriminator("color", 3, options.w_adversarial_color);
    if (options.w_adversarial_grey > 0) add_discriminator("grey", 1, options.w_adversarial_grey);
    if (options.w_adversarial_target > 0) add_discriminator(std::string(kTarget), 3, options.w_adversarial_target);
    if (options.w_strokes > 0 || options.w_content > 0) {
      look_.emplace(open_perceptual(options.perceptual, "genga", training_state().compute()));
    }
    if (options.measure_style) training_state().include("measured", target_);
    set_result(generator_);
    if (options.color_units > 0) start_colors({{}, {}, at::zeros({3, options.color_units}), at::zeros({3})});
  }

  int study_batches() const override {
    return options_.measure_style && !target_.is_measured() ? (kStudied + config().batch - 1) / config().batch : 0;
  }

  std::string study(std::span<const Images> batches) override {
    return torchnet::guarded("measuring the style", [&] {
      std::vector<at::Tensor> photos, styles;
      for (const Images& batch : batches) {
        photos.push_back((batch.photo + 1) / 2);
        styles.push_back((batch.style + 1) / 2);
      }
      const Look of_photos = measure_look(at::cat(photos));
      const std::string words = target_.measure(measure_look(at::cat(styles)), of_photos);
      const int units = options_.color_units;
      if (units > 0) start_colors(fit_color_map(target_.colors(), of_photos.colors, units));
      return words;
    });
  }

  void prepare(Images& batch) const override {
    torchnet::guarded("filter target", [&] { batch.target = painted(batch); });
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor photo = without_margin(batch.photo, kTargetMargin);               // [N,3,H,W]
      const at::Tensor target = batch.target.defined() ? batch.target : painted(batch);  // [N,3,H,W]
      const at::Tensor fake = generator_.forward(photo);                                 // [N,3,H,W]
      const bool with_discriminators = context.step() >= config().warmup;
      if (with_discriminators) {
        for (Discriminator& discriminator : discriminators_)
          train_discriminator(discriminator, batch, target, fake.detach().clamp(-1, 1), context, terms);
      }
      train_generator(batch, fake, target, with_discriminators, context, terms);
      end_step(context);
      return terms;
    });
  }

 private:
  /// The filter target of the photos. [N,3,H,W]
  at::Tensor painted(const Images& batch) const {
    return without_margin(target_.paint((batch.photo + 1) / 2) * 2 - 1, kTargetMargin);
  }

  /// Undefined tensors leave the weights as they are.
  void start_colors(const ColorMap& map) {
    weights::TensorMap start;
    const auto put = [&](const char* name, const at::Tensor& tensor) {
      if (!tensor.defined()) return;
      const bool is_kernel = tensor.dim() == 2;  // [out,in] of a convolution of one pixel
      start[name] = torchnet::from_torch(is_kernel ? tensor.unsqueeze(-1).unsqueeze(-1) : tensor);
    };
    put("color_a.weight", map.a);
    put("color_a.bias", map.a_bias);
    put("color_b.weight", map.b);
    put("color_b.bias", map.b_bias);
    set_some_weights(start);
  }

  void add_discriminator(const std::string& name, int channels, double weight) {
    Network& net = training_state().network(
        "discriminator_" + name, models::patch_discriminator(channels, width_or(options_.discriminator_width, 16)),
        Start::kSmall, {.spectral_norm = true});
    discriminators_.push_back(
        {name, weight, net, training_state().optimizer("discriminator_" + name, {&net}, discriminator_adam())});
  }

  void train_discriminator(Discriminator& discriminator, const Images& batch, const at::Tensor& target,
                           const at::Tensor& fake, StepContext& context, Terms& terms) {
    const auto logits = [&](const at::Tensor& rgb) {
      return discriminator.net.forward(discriminator.view(augmented(rgb, context)));
    };
    const bool knows_target = discriminator.name == kTarget;
    const at::Tensor real = logits(knows_target ? target : batch.style);
    at::Tensor sum = loss_when_real(adversarial(), real) + loss_when_fake(adversarial(), logits(fake));
    if (!knows_target && options_.w_discriminator_smooth > 0) {
      sum = sum + options_.w_discriminator_smooth * loss_when_fake(adversarial(), logits(batch.style_smooth));
    }
    LossSum loss(terms);
    loss.add("d_" + discriminator.name, 1, sum);
    observe_real(real);
    descend(discriminator.adam, loss.total(), discriminator_rate(context), "discriminator_" + discriminator.name,
            terms);
  }

  /// Features, fine to coarse, each [N,C,H,W]; of grey images (AnimeGAN), or the mean of many palettes would be grey.
  /// Of the inner part, or strokes would gather at the border, which the generator can tell by its padding; cut at
  /// another place in every step, or the feature network's strides would leave their grid in the image.
  std::vector<at::Tensor> stroke_layers(const at::Tensor& rgb, StepContext& context) {
    const std::int64_t border = rgb.size(2) / 8, side = rgb.size(2) - 2 * border - kShifts + 1;
    const auto shift = [&] { return border + static_cast<std::int64_t>(context.chance() * kShifts); };
    const std::int64_t y = shift(), x = shift();
    std::vector<at::Tensor> all = look_->style(grey_rgb(rgb.narrow(2, y, side).narrow(3, x, side)));
    for (at::Tensor& features : all) features = compressed(features);
    return all;
  }

  at::Tensor strokes_loss(const at::Tensor& fake, const at::Tensor& style, StepContext& context) {
    std::vector<at::Tensor> wanted;
    {
      const at::NoGradGuard no_grad;
      wanted = stroke_layers(style, context);
    }
    const std::vector<at::Tensor> seen = stroke_layers(fake, context);
    at::Tensor sum = at::zeros({}, fake.options());
    for (std::size_t i = 0; i < seen.size(); ++i) sum = sum + sliced_wasserstein(seen[i], wanted[i], context.random());
    return sum / static_cast<double>(seen.size());
  }

  void train_generator(const Images& batch, const at::Tensor& fake, const at::Tensor& target, bool with_discriminators,
                       StepContext& context, Terms& terms) {
    LossSum loss(terms);
    const double fraction = with_discriminators ? options_.anchor : 1;
    add_target_loss(loss, fake, target, options_, fraction);
    if (with_discriminators && options_.w_content > 0) {
      const at::Tensor content = compressed(look_->content(target)).detach();
      loss.add("content", options_.w_content, l1(compressed(look_->content(fake)), content));
    }
    if (with_discriminators && options_.w_strokes > 0) {
      loss.add("strokes", options_.w_strokes, strokes_loss(fake, batch.style, context));
    }
    if (with_discriminators) {
      for (Discriminator& discriminator : discriminators_) {
        const Frozen frozen(discriminator.net);
        const at::Tensor logits = discriminator.net.forward(discriminator.view(augmented(fake.clamp(-1, 1), context)));
        loss.add("g_" + discriminator.name, discriminator.weight, loss_to_fool(adversarial(), logits));
      }
    }
    descend(adam_, loss.total(), generator_rate(context), "generator", terms);
  }

  const GengaOptions options_;
  MeasuredTarget target_;
  Network& generator_;
  Adam& adam_;
  std::vector<Discriminator> discriminators_;
  std::optional<Perceptual> look_;
};

}  // namespace

MethodRow genga_method() {
  return {.name = "genga",
          .summary = "small local generator; painted filter target first, then patch discriminators",
          .source_text = "this project, docs/styles/pepper.md",
          .needs = {.photo_margin = kTargetMargin, .style_smooth = true},
          .crop_multiple = 8,
          .options = option_fields<GengaOptions>(),
          .check = check_own<GengaOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<GengaMethod>(config, read_options<GengaOptions>(config));
          }};
}

}  // namespace genga::train
