// U-GAT-IT, light version. Source: Kim, Kim, Kang and Lee, ICLR 2020, arXiv 1907.10830; znxlwm/UGATIT-pytorch,
// UGATIT.py. s is the domain of photos, t that of the style. Each domain has a local and a global discriminator.
// Differs: a discriminator's attention maps use the spectrally normalized weights of its classifier, as its logits do.
#include <array>
#include <string>

#include "genga/error.h"
#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/gan_method.h"
#include "train/losses/adversarial.h"
#include "train/losses/class_activation.h"
#include "train/losses/content.h"
#include "train/methods/methods.h"

namespace genga::train {
namespace {

using torchnet::Network;

struct CamWeight {
  double w_cam = 0;
  static std::vector<Option<CamWeight>> table() {
    return {{"w_cam", kLosses, "weight: class activation maps", &CamWeight::w_cam}};
  }
};
using UgatitOptions = OptionSet<WidthOptions, DiscriminatorOptions, AdversarialWeight, DiscriminatorWeight, CycleWeight,
                                IdentityWeight, CamWeight>;

/// A network's output, and what its auxiliary classifier says of the features in the middle: [N,2] logits.
struct Judged {
  at::Tensor output, cam;
};

Judged forward(Network& net, const at::Tensor& image) {
  const ir::Graph& graph = net.graph();
  const std::array wanted{graph.output(), graph.find("cam_source"), graph.find("cam_average"), graph.find("cam_max")};
  const std::vector<at::Tensor> values = net.forward(image, wanted);
  return {values[0], class_activation_logits(values[1], values[2], values[3])};
}

/// The two discriminators of one domain.
struct Discriminators {
  Network &local, &global;
};

constexpr int kMinCrop = 96;  // below, nothing is left of the global discriminator's map

const RunConfig& checked(const RunConfig& config) {
  if (config.crop < kMinCrop) {
    fail(ErrorCode::kInvalidArgument, "crop: is {}, but ugatit_light needs at least {}", config.crop, kMinCrop);
  }
  return config;
}

class UgatitLight final : public GanMethod {
 public:
  UgatitLight(const RunConfig& config, const UgatitOptions& options)
      : GanMethod(checked(config), "ugatit_light", options),
        options_(options),
        to_t_(add_generator("generator")),
        to_s_(add_generator("inverse")),
        of_t_(add_discriminators("style")),
        of_s_(add_discriminators("photo")),
        adam_g_(training_state().optimizer("generators", {&to_t_, &to_s_}, generator_adam())),
        adam_d_(training_state().optimizer("discriminators", {&of_t_.local, &of_t_.global, &of_s_.local, &of_s_.global},
                                           discriminator_adam())) {
    set_result(to_t_);
  }

  Terms step(const Images& batch, StepContext& context) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const at::Tensor &s = batch.photo, &t = batch.style;  // [N,3,crop,crop]
      const Judged fake_t = forward(to_t_, s);
      const Judged fake_s = forward(to_s_, t);
      train_discriminators(s, t, fake_s.output.detach(), fake_t.output.detach(), context, terms);
      train_generators(s, t, fake_s, fake_t, context, terms);
      end_step(context);
      return terms;
    });
  }

 private:
  Network& add_generator(const std::string& name) {
    return training_state().network(name, models::ugatit_light(width_or(options_.width, 64)), Start::kSmall);
  }

  Discriminators add_discriminators(const std::string& domain) {
    const int width = width_or(options_.discriminator_width, 64);
    const torchnet::NetworkOptions options{.spectral_norm = true, .spectral_norm_except = "cam"};
    return {training_state().network("discriminator_" + domain + "_local",
                                     models::ugatit_discriminator(models::UgatitScope::kLocal, width), Start::kSmall,
                                     options),
            training_state().network("discriminator_" + domain + "_global",
                                     models::ugatit_discriminator(models::UgatitScope::kGlobal, width), Start::kSmall,
                                     options)};
  }

  /// Equations of section 2.2 with the discriminators' signs, on logits and on CAM logits.
  void train_discriminators(const at::Tensor& s, const at::Tensor& t, const at::Tensor& fake_s,
                            const at::Tensor& fake_t, StepContext& context, Terms& terms) {
    LossSum loss(terms);
    const auto add = [&](const std::string& name, Network& discriminator, const at::Tensor& real,
                         const at::Tensor& fake) {
      const Judged of_real = forward(discriminator, augmented(real, context));
      const Judged of_fake = forward(discriminator, augmented(fake, context));
      loss.add("d_" + name, options_.w_discriminator,
               loss_when_real(adversarial(), of_real.output, options_.label_real) +
                   loss_when_fake(adversarial(), of_fake.output) +
                   loss_when_real(adversarial(), of_real.cam, options_.label_real) +
                   loss_when_fake(adversarial(), of_fake.cam));
      observe_real(of_real.output);
      const Discriminator logits = [&](const at::Tensor& x) { return discriminator.forward(augmented(x, context)); };
      add_penalties(loss, "penalty_" + name, logits, real, fake, context);
    };
    add("style_local", of_t_.local, t, fake_t);
    add("style_global", of_t_.global, t, fake_t);
    add("photo_local", of_s_.local, s, fake_s);
    add("photo_global", of_s_.global, s, fake_s);
    descend(adam_d_, loss.total(), discriminator_rate(context), "discriminator", terms);
  }

  void train_generators(const at::Tensor& s, const at::Tensor& t, const Judged& fake_s, const Judged& fake_t,
                        StepContext& context, Terms& terms) {
    const Frozen t_local(of_t_.local), t_global(of_t_.global), s_local(of_s_.local), s_global(of_s_.global);
    const auto fool = [&](Network& discriminator, const at::Tensor& fake) {
      const Judged judged = forward(discriminator, augmented(fake, context));
      return loss_to_fool(adversarial(), judged.output) + loss_to_fool(adversarial(), judged.cam);
    };
    const Judged same_t = forward(to_t_, t);
    const Judged same_s = forward(to_s_, s);
    LossSum loss(terms);
    loss.add("g_style", options_.w_adversarial,
             fool(of_t_.local, fake_t.output) + fool(of_t_.global, fake_t.output));  // L_lsgan
    loss.add("g_photo", options_.w_adversarial, fool(of_s_.local, fake_s.output) + fool(of_s_.global, fake_s.output));
    loss.add("cycle", options_.w_cycle,
             l1(to_s_.forward(fake_t.output), s) + l1(to_t_.forward(fake_s.output), t));                   // L_cycle
    loss.add("identity", options_.w_identity, l1(same_t.output, t) + l1(same_s.output, s));                // L_identity
    loss.add("cam", options_.w_cam, classify(fake_t.cam, same_t.cam) + classify(fake_s.cam, same_s.cam));  // L_cam
    descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
    clip_rho(to_t_);
    clip_rho(to_s_);
  }

  /// A generator's classifier: 1 for images it is to translate, 0 for those already in its target domain.
  static at::Tensor classify(const at::Tensor& of_source, const at::Tensor& of_target) {
    return loss_when_real(Adversarial::kVanilla, of_source) + loss_when_fake(Adversarial::kVanilla, of_target);
  }

  /// Equation (1): rho is kept in [0,1] at every parameter update.
  static void clip_rho(Network& generator) {
    const at::NoGradGuard no_grad;
    for (auto& [name, parameter] : generator.parameters()) {
      if (name.ends_with(".rho")) parameter.clamp_(0, 1);
    }
  }

  const UgatitOptions options_;
  Network &to_t_, &to_s_;
  Discriminators of_t_, of_s_;
  Adam &adam_g_, &adam_d_;
};

}  // namespace

MethodRow ugatit_light_method() {
  return {.name = "ugatit_light",
          .summary = "CycleGAN with attention and AdaLIN, for faces; slow",
          .source_text = "Kim et al., ICLR 2020, arXiv 1907.10830",
          .options = option_fields<UgatitOptions>(),
          .check = check_own<UgatitOptions>,
          .make = [](const RunConfig& config) -> std::unique_ptr<Method> {
            return std::make_unique<UgatitLight>(config, read_options<UgatitOptions>(config));
          }};
}

}  // namespace genga::train
