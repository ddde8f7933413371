// Warm-up: the generator learns the teacher's painting of the photo. Then two spectrally normalised patch
// discriminators, one on colour and one on grey, push it to the style, and each picture's colours and features are to
// be spread like those of a style crop that shows similar light and detail (style_choice); the teacher stays as anchor.
// Related: CartoonGAN (edge-smoothed negatives, warm-up), AnimeGAN (grey discriminator), AnimeGANv3 (filtered teacher),
// Heitz et al. 2021 (sliced Wasserstein distance of features).
#include "train/methods/genga.h"

#include <optional>
#include <utility>
#include <vector>

#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/colour.h"
#include "train/losses/content.h"
#include "train/losses/style.h"
#include "train/parts/perceptual.h"
#include "train/teacher/teacher.h"

namespace genga::train {
namespace {

constexpr int kLowPass = 8;          // block of w_low
constexpr std::int64_t kShifts = 8;  // places on each axis where features are cut: the grid of three strides of 2

using torchnet::Network;

/// [N,C,H+2m,W+2m] -> [N,C,H,W]
at::Tensor without_margin(const at::Tensor& picture) {
  constexpr std::int64_t kCut = kTeacherMargin;
  return picture.narrow(2, kCut, picture.size(2) - 2 * kCut).narrow(3, kCut, picture.size(3) - 2 * kCut);
}

struct Critic {
  std::string name;
  double weight;
  Network& net;
  Adam& adam;
  /// What it judges of a picture.
  at::Tensor view(const at::Tensor& rgb) const { return net.graph().input().channels == 1 ? luma(rgb) : rgb; }
};

/// Features have long tails: their logarithm weighs faint strokes too. [N,C,H,W]
at::Tensor compressed(const at::Tensor& features) {
  return at::log1p(at::relu(features));
}

class GengaMethod final : public GanMethod {
 public:
  explicit GengaMethod(const RunConfig& config)
      : GanMethod(config, "genga_lite"),
        generator_(
            roster().network("generator", models::genga_lite({.width = width_or(config.width, 32)}), Start::kSmall)),
        adam_(roster().optimiser("generator", {&generator_}, generator_adam())) {
    if (config.w_critic_color > 0) add_critic("color", 3, config.w_critic_color);
    if (config.w_critic_grey > 0) add_critic("grey", 1, config.w_critic_grey);
    if (config.w_strokes > 0 || config.w_content > 0) {
      look_.emplace(open_perceptual(config.perceptual, "genga", roster().compute()));
    }
    set_result(generator_);
  }

  Terms step(const Pictures& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor photo = without_margin(batch.photo);                                      // [N,3,H,W]
      const at::Tensor target = without_margin(paint((batch.photo + 1) / 2, config()) * 2 - 1);  // [N,3,H,W]
      const at::Tensor fake = generator_.forward(photo);                                         // [N,3,H,W]
      const bool with_critics = context.step() >= config().warmup;
      if (with_critics) {
        for (Critic& critic : critics_) train_critic(critic, batch, fake.detach(), context, terms);
      }
      train_generator(batch, fake, target, with_critics, context, terms);
      end_step(context);
      return terms;
    });
  }

 private:
  void add_critic(const std::string& name, int channels, double weight) {
    Network& net = roster().network("critic_" + name,
                                    models::patch_discriminator(channels, width_or(config().discriminator_width, 16)),
                                    Start::kSmall, {.spectral_norm = true});
    critics_.push_back({name, weight, net, roster().optimiser("critic_" + name, {&net}, discriminator_adam())});
  }

  void train_critic(Critic& critic, const Pictures& batch, const at::Tensor& fake, StepContext& context, Terms& terms) {
    const auto logits = [&](const at::Tensor& rgb) { return critic.net.forward(critic.view(augmented(rgb, context))); };
    const at::Tensor real = logits(batch.style);
    LossSum loss(terms);
    loss.add("d_" + critic.name, 1,
             loss_when_real(adversarial(), real) + loss_when_fake(adversarial(), logits(fake)) +
                 config().d_smooth * loss_when_fake(adversarial(), logits(batch.style_smooth)));
    observe_real(real);
    descend(critic.adam, loss.total(), discriminator_rate(context), "d_" + critic.name, terms);
  }

  /// Features, fine to coarse, each [N,C,H,W]; of grey pictures (AnimeGAN), or the mean of many palettes would be grey.
  /// Of the inner part, or strokes would gather at the border, which the generator can tell by its padding; cut at
  /// another place in every step, or the feature network's strides would leave their grid in the picture.
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

  void train_generator(const Pictures& batch, const at::Tensor& fake, const at::Tensor& target, bool with_critics,
                       StepContext& context, Terms& terms) {
    LossSum loss(terms);
    const double share = with_critics ? config().anchor : 1;
    loss.add("teacher", share * config().w_teacher, l1(fake, target));
    loss.add("gradient", share * config().w_gradient, gradient_l1(fake, target));
    if (config().w_flat > 0) loss.add("flat", share * config().w_flat, flat_gradient_l1(fake, target));
    if (config().w_low > 0) loss.add("low", share * config().w_low, low_pass_l1(fake, target, kLowPass));
    if (with_critics && config().w_content > 0) {
      const at::Tensor content = compressed(look_->content(target)).detach();
      loss.add("content", config().w_content, l1(compressed(look_->content(fake)), content));
    }
    if (with_critics && config().w_strokes > 0) {
      loss.add("strokes", config().w_strokes, strokes_loss(fake, batch.style, context));
    }
    if (with_critics) {
      for (Critic& critic : critics_) {
        const Frozen frozen(critic.net);
        const at::Tensor logits = critic.net.forward(critic.view(augmented(fake, context)));
        loss.add("g_" + critic.name, critic.weight, loss_to_fool(adversarial(), logits));
      }
    }
    descend(adam_, loss.total(), generator_rate(context), "g", terms);
  }

  Network& generator_;
  Adam& adam_;
  std::vector<Critic> critics_;
  std::optional<Perceptual> look_;
};

}  // namespace

std::unique_ptr<Method> make_genga(const RunConfig& config) {
  return std::make_unique<GengaMethod>(config);
}

}  // namespace genga::train
