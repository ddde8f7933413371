// What the methods from noise share: a generator and a discriminator, one minimax game.
#pragma once

#include <string>

#include "train/gan_method.h"
#include "train/parts/adaptive_balance.h"

namespace genga::train {

struct GameOptions {
  int latent = 100;
  std::string balance = "alternate";
  int discriminator_steps = 1;
  static std::vector<Option<GameOptions>> table();
  void check() const;
};
using NoiseOptions = OptionSet<WidthOptions, GameOptions, DiscriminatorOptions>;

class NoiseGan : public GanMethod {
 public:
  Terms step(const Images& batch, StepContext& context) override;
  /// Throws Error: kUnsupported (balance "adaptive" with several ranks).
  void average_over(World& world) override;

 protected:
  /// generator: from a latent (draw_latent) to images; discriminator: to logits.
  NoiseGan(const RunConfig& config, const NoiseOptions& options, std::string architecture, ir::Graph generator,
           ir::Graph discriminator);

  torchnet::Network& generator() { return g_; }
  /// What a generator's loss has besides the adversarial term.
  virtual void add_generator_losses(LossSum&) {}

 private:
  Terms take_turns(const at::Tensor& real, StepContext& context);
  /// Without gradient for the discriminator's weights.
  at::Tensor fooling_loss(const at::Tensor& fake, StepContext& context);
  void train_generator(const at::Tensor& fooling, StepContext& context, Terms& terms);

  const NoiseOptions options_;
  torchnet::Network& g_;
  torchnet::Network& d_;
  Adam& adam_g_;
  Adam& adam_d_;
  AdaptiveBalance balance_;
};

}  // namespace genga::train
