// What every method does the same, whatever its losses: state, result, average, samples.
//
// A method in short:
//   using CutOptions = OptionSet<WidthOptions, DiscriminatorOptions, ...>;
//   class Cut final : public GanMethod {
//    public:
//     Cut(const RunConfig& config, const CutOptions& options)
//         : GanMethod(config, "cut_generator", options),
//           options_(options),
//           generator_(training_state().network("generator", models::resnet_generator(...), Start::kXavier02)), ...
//           adam_g_(training_state().optimizer("generator", {&generator_, ...}, generator_adam())) {
//       set_result(generator_);
//     }
//     Terms step(const Images& batch, StepContext& context) override {
//       return torchnet::guarded("training step", [&] { ... end_step(context); return terms; });
//   MethodRow cut_method() { return {.name = "cut", ..., .options = option_fields<CutOptions>(), .make = ...}; }
// Names of terms, which log.jsonl and the report keep: "d", "d_..." are losses of discriminators, "g", "g_..."
// adversarial losses of the generator, "grad_generator" and "grad_discriminator..." gradient norms.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "train/config/shared_options.h"
#include "train/losses/gradient_penalty.h"
#include "train/method.h"
#include "train/optim/augmenter.h"
#include "train/optim/training_state.h"
#include "train/parts/schedule.h"

namespace genga::train {

class GanMethod : public Method {
 public:
  weights::TensorMap state() const override { return training_state_.state(); }
  void set_state(const weights::TensorMap& state) override { training_state_.set_state(state); }
  std::string_view phase(std::int64_t step) const override;
  void average_over(World& world) override {
    training_state_.average_over(world);
    augmenter_.average_over(world);
  }
  void init_from(const weights::Model& model) override;
  weights::Model result() override;
  at::Tensor stylise(const at::Tensor& photo) override;
  at::Tensor sample(std::int64_t n, std::uint64_t seed) override;
  std::vector<NetworkRow> networks() const override { return training_state_.rows(); }
  void each_gradient(const std::function<void(const std::string&, const at::Tensor&)>& visit) const override {
    training_state_.each_gradient(visit);
  }

 protected:
  /// architecture: what the result's card says.
  GanMethod(const RunConfig& config, std::string architecture, const DiscriminatorOptions& options);

  const RunConfig& config() const { return config_; }
  TrainingState& training_state() { return training_state_; }
  /// The network that users get, cut to what `output` (a node's name; "": the graph's output) depends on; call it once,
  /// when all networks are there. With config.ema it is followed by an average, which is then the result.
  void set_result(torchnet::Network& generator, std::string output = "");
  /// Weights of the result and of its average, by name. Throws Error: kInvalidArgument if they do not fit.
  void set_some_weights(const weights::TensorMap& tensors);
  /// Moves the average and ADA's probability; the last thing a step does.
  void end_step(const StepContext& context);
  /// Adam's settings from the config.
  AdamOptions generator_adam() const;
  AdamOptions discriminator_adam() const;
  /// lr or lr_discriminator times the schedule's fraction and the factor after rollbacks.
  double generator_rate(const StepContext& context) const;
  double discriminator_rate(const StepContext& context) const;
  /// What discriminators see of images.
  at::Tensor augmented(const at::Tensor& images, StepContext& context) const { return augmenter_(images, context); }
  void observe_real(const at::Tensor& real_logits) {
    // Least squares want 0 for fake and label_real for real; all other losses tell them apart by sign.
    augmenter_.observe(real_logits, adversarial_ == Adversarial::kLsgan ? label_real_ / 2 : 0);
  }
  Adversarial adversarial() const { return adversarial_; }
  /// Adds the discriminator's penalties with their weights, if there are any in this step: the gradient penalty of
  /// the adversarial loss and, every r1_every steps, R1 (times r1_every: lazy regularisation, Karras et al. 2020).
  void add_penalties(LossSum& loss, const std::string& name, const Discriminator& discriminator, const at::Tensor& real,
                     const at::Tensor& fake, StepContext& context) const;
  /// The step of a discriminator that sees nothing but real and fake images [N,C,H,W]; fake is without gradient. Adds
  /// "d_real", "d_fake", "penalty", "grad_discriminator" to terms.
  void train_discriminator(torchnet::Network& discriminator, Adam& adam, const at::Tensor& real, const at::Tensor& fake,
                           StepContext& context, Terms& terms);
  /// backward() of a loss and one step of an optimizer, whose gradients begin at zero. Adds the gradient's norm to
  /// terms as "grad_<name>".
  static void descend(Adam& adam, const at::Tensor& loss, double rate, const std::string& name, Terms& terms);

 private:
  torchnet::Network& shown() { return average_ != nullptr ? *average_ : *generator_; }

  RunConfig config_;
  std::string architecture_;
  Adversarial adversarial_;
  double label_real_;
  PenaltyOptions penalties_;
  Schedule schedule_;
  TrainingState training_state_;
  Augmenter augmenter_;
  torchnet::Network* generator_ = nullptr;
  torchnet::Network* average_ = nullptr;
  std::string output_;
};

/// Base channels of a network: as the config says, or as published if it says 0.
inline int width_or(int wanted, int published) {
  return wanted > 0 ? wanted : published;
}

/// Noise for a generator whose Input is a latent: [n, channels, 1, 1]. A GaussianMixture's component is drawn uniformly
/// and one-hot.
at::Tensor draw_latent(const ir::Graph& generator, std::int64_t n, StepContext& context);

}  // namespace genga::train
