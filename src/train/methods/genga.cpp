// Warm-up: the generator learns the teacher's painting of the photo. Then two spectrally normalised patch
// discriminators, one on colour and one on grey, push it to the style; the teacher stays as anchor. Related: CartoonGAN
// (edge-smoothed negatives, warm-up), AnimeGAN (grey discriminator), AnimeGANv3 (filtered teacher).
#include "train/methods/genga.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "genga/models.h"
#include "torchnet/torch_guard.h"
#include "train/adam.h"
#include "train/losses/adversarial.h"
#include "train/losses/content.h"
#include "train/teacher/teacher.h"

namespace genga::train {
namespace {

constexpr int kMultiple = 8;  // of genga_lite's picture size
constexpr int kMargin = 16;   // mirrored around a photo before stylising, hides the zero padding of the network
constexpr int kLowPass = 8;   // block of w_low

using torchnet::Network;

/// [N,C,H+2m,W+2m] -> [N,C,H,W]
at::Tensor without_margin(const at::Tensor& picture) {
  constexpr std::int64_t kCut = kTeacherMargin;
  return picture.narrow(2, kCut, picture.size(2) - 2 * kCut).narrow(3, kCut, picture.size(3) - 2 * kCut);
}

/// PyTorch's default variance, 1/(3 fan in), a sixth of He's: with residual branches and no norms, He's start saturates
/// the final tanh and costs hundreds of steps.
weights::TensorMap start_weights(const ir::Graph& graph, std::uint64_t seed) {
  weights::TensorMap tensors = weights::random_weights(graph, seed);
  for (auto& [name, tensor] : tensors) {
    if (tensor.dims.size() < 2) continue;
    std::vector<float> values = tensor.to_f32();
    for (float& value : values) value *= std::sqrt(1.0F / 6);
    tensor = weights::make_tensor(tensor.dims, std::move(values));
  }
  return tensors;
}

class Critic {
 public:
  Critic(const RunConfig& config, std::string name, int channels, double weight, std::uint64_t seed)
      : name_(std::move(name)),
        weight_(weight),
        net_(models::patch_discriminator(channels, config.discriminator_width), {.spectral_norm = true}),
        adam_(net_.parameters(), {config.beta1_discriminator, config.beta2, config.clip}) {
    net_.set_weights(start_weights(net_.graph(), seed));
    net_.set_training(true);
  }

  const std::string& name() const { return name_; }
  double weight() const { return weight_; }
  Network& net() { return net_; }
  const Network& net() const { return net_; }
  Adam& adam() { return adam_; }
  const Adam& adam() const { return adam_; }
  /// What this critic sees of a picture.
  at::Tensor view(const at::Tensor& rgb) const { return net_.graph().input().channels == 1 ? luma(rgb) : rgb; }

 private:
  std::string name_;
  double weight_;
  Network net_;
  Adam adam_;
};

class GengaMethod final : public Method {
 public:
  explicit GengaMethod(const RunConfig& config)
      : config_(config),
        adversarial_(adversarial_by_name(config.adversarial)),
        painting_(painting_from(config)),
        generator_(models::genga_lite({.width = config.width})),
        average_(models::genga_lite({.width = config.width})),
        adam_(generator_.parameters(), {config.beta1, config.beta2, config.clip}) {
    const auto seed = static_cast<std::uint64_t>(config.seed);
    generator_.set_weights(start_weights(generator_.graph(), seed));
    average_.set_weights(generator_.weights());
    average_.set_frozen(true);
    if (config.w_color > 0) critics_.emplace_back(config, "color", 3, config.w_color, seed + 1);
    if (config.w_grey > 0) critics_.emplace_back(config, "grey", 1, config.w_grey, seed + 2);
  }

  Terms step(const Pictures& batch, std::int64_t step, double rate) override {
    return torchnet::guarded("training step", [&] {
      Terms terms;
      const double share = rate * schedule(step);
      const at::Tensor photo = without_margin(batch.photo);                                       // [N,3,H,W]
      const at::Tensor target = without_margin(paint((batch.photo + 1) / 2, painting_) * 2 - 1);  // [N,3,H,W]
      const at::Tensor fake = generator_.forward(photo);                                          // [N,3,H,W]
      const bool with_critics = step >= config_.warmup;
      if (with_critics) {
        for (Critic& critic : critics_) train_critic(critic, batch, fake.detach(), share, terms);
      }
      train_generator(fake, target, with_critics, share, terms);
      const auto n = static_cast<double>(step);
      average_.move_towards(generator_, 1 - std::min(config_.ema, (1 + n) / (10 + n)));
      return terms;
    });
  }

  weights::TensorMap state() const override;
  void set_state(const weights::TensorMap& state) override;
  weights::Model result() override;
  at::Tensor stylise(const at::Tensor& photo) override;
  std::vector<NetworkRow> networks() const override;

 private:
  void train_critic(Critic& critic, const Pictures& batch, const at::Tensor& fake, double share, Terms& terms) {
    const auto logits = [&](const at::Tensor& rgb) { return critic.net().forward(critic.view(rgb)); };
    const at::Tensor loss = loss_when_real(adversarial_, logits(batch.style)) +
                            loss_when_fake(adversarial_, logits(fake)) +
                            config_.w_smooth * loss_when_fake(adversarial_, logits(batch.style_smooth));
    critic.adam().clear_gradients();
    loss.backward();
    terms.emplace_back("d_" + critic.name(), loss.item<double>());
    terms.emplace_back("grad_d_" + critic.name(), critic.adam().step(config_.lr_discriminator * share));
  }

  void train_generator(const at::Tensor& fake, const at::Tensor& target, bool with_critics, double share,
                       Terms& terms) {
    at::Tensor total = at::zeros({});
    const auto add = [&](std::string name, double weight, const at::Tensor& loss) {
      terms.emplace_back(std::move(name), loss.item<double>());
      total = total + weight * loss;
    };
    add("teacher", config_.w_teacher, l1(fake, target));
    add("gradient", config_.w_gradient, gradient_l1(fake, target));
    if (config_.w_low > 0) add("low", config_.w_low, low_pass_l1(fake, target, kLowPass));
    if (with_critics) {
      for (Critic& critic : critics_) {
        critic.net().set_frozen(true);
        add("g_" + critic.name(), critic.weight(), loss_to_fool(adversarial_, critic.net().forward(critic.view(fake))));
        critic.net().set_frozen(false);
      }
    }
    adam_.clear_gradients();
    total.backward();
    terms.emplace_back("grad_g", adam_.step(config_.lr * share));
  }

  /// Share of the learning rates at a step: 1, then linearly down to lr_end over the second half.
  double schedule(std::int64_t step) const {
    const double done = static_cast<double>(step) / static_cast<double>(config_.steps);
    return done < 0.5 ? 1 : std::max(config_.lr_end, 1 - (1 - config_.lr_end) * (2 * done - 1));
  }

  RunConfig config_;
  Adversarial adversarial_;
  Painting painting_;
  Network generator_, average_;
  Adam adam_;
  std::vector<Critic> critics_;
};

/// Copies what begins with prefix, without it.
weights::TensorMap part(const weights::TensorMap& state, const std::string& prefix) {
  weights::TensorMap tensors;
  for (auto it = state.lower_bound(prefix); it != state.end() && it->first.starts_with(prefix); ++it) {
    tensors.emplace(it->first.substr(prefix.size()), it->second);
  }
  return tensors;
}

void put(weights::TensorMap& state, const std::string& prefix, weights::TensorMap tensors) {
  for (auto& [name, tensor] : tensors) state[prefix + name] = std::move(tensor);
}

weights::TensorMap GengaMethod::state() const {
  weights::TensorMap state;
  put(state, "generator/", generator_.state());
  put(state, "average/", average_.state());
  adam_.save(state, "adam/");
  for (const Critic& critic : critics_) {
    put(state, "critic_" + critic.name() + "/", critic.net().state());
    critic.adam().save(state, "adam_" + critic.name() + "/");
  }
  return state;
}

void GengaMethod::set_state(const weights::TensorMap& state) {
  generator_.set_state(part(state, "generator/"));
  average_.set_state(part(state, "average/"));
  adam_.load(state, "adam/");
  for (Critic& critic : critics_) {
    critic.net().set_state(part(state, "critic_" + critic.name() + "/"));
    critic.adam().load(state, "adam_" + critic.name() + "/");
  }
}

weights::Model GengaMethod::result() {
  weights::Model model;
  model.graph = average_.graph();
  model.tensors = average_.weights();
  model.card.architecture = "genga_lite";
  return model;
}

at::Tensor GengaMethod::stylise(const at::Tensor& photo) {
  const at::NoGradGuard no_grad;
  const std::int64_t h = photo.size(2), w = photo.size(3);
  const auto fill = [](std::int64_t size) { return kMargin + (kMultiple - size % kMultiple) % kMultiple; };
  const at::Tensor padded = at::replication_pad2d(photo, {kMargin, fill(w), kMargin, fill(h)});
  return average_.forward(padded).narrow(2, kMargin, h).narrow(3, kMargin, w);
}

std::vector<NetworkRow> GengaMethod::networks() const {
  std::vector<NetworkRow> rows{{"generator", &generator_.graph()}};
  for (const Critic& critic : critics_) rows.push_back({"critic, " + critic.name(), &critic.net().graph()});
  return rows;
}

}  // namespace

std::unique_ptr<Method> make_genga(const RunConfig& config) {
  return std::make_unique<GengaMethod>(config);
}

}  // namespace genga::train
