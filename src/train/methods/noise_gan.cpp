// The game of the methods from noise. Source: Goodfellow et al. 2014, arXiv 1406.2661, algorithm 1, with the
// non-saturating loss of section 3; order of the updates as in pytorch/examples, dcgan/main.py. balance = "adaptive":
// DeLiGAN's turns, algorithms.md 3.
#include "train/methods/noise_gan.h"

#include <algorithm>
#include <utility>

#include "genga/error.h"
#include "torchnet/torch_guard.h"
#include "train/losses/adversarial.h"

namespace genga::train {
namespace {

constexpr int kTurns = 5;  // per batch, with adaptive balance

/// Mean of the terms of one name, in order of first mention.
Terms mean_by_name(const Terms& terms) {
  Terms means;
  for (const auto& first : terms) {
    const std::string& name = first.first;  // no binding: clang 14 lets no lambda take one
    const auto has_name = [&](const auto& term) { return term.first == name; };
    if (std::ranges::any_of(means, has_name)) continue;
    double sum = 0, n = 0;
    for (const auto& [other, value] : terms) {
      if (other != name) continue;
      sum += value;
      ++n;
    }
    means.emplace_back(name, sum / n);
  }
  return means;
}

}  // namespace

std::vector<Option<GameOptions>> GameOptions::table() {
  return {{"latent", kNetworks, "numbers of noise an image is made from", &GameOptions::latent, 1, 4096},
          {"balance", kLosses, "alternate: both players every step; adaptive: by the generator's loss (DeLiGAN)",
           &GameOptions::balance, 0, 0, "alternate|adaptive"},
          {"discriminator_steps", kLosses, "discriminator steps per generator step", &GameOptions::discriminator_steps,
           1, 100}};
}

void GameOptions::check() const {
  if (balance == "alternate" || balance == "adaptive") return;
  fail(ErrorCode::kInvalidArgument, "balance: is '{}', expected alternate or adaptive", balance);
}

NoiseGan::NoiseGan(const RunConfig& config, const NoiseOptions& options, std::string architecture, ir::Graph generator,
                   ir::Graph discriminator)
    : GanMethod(config, std::move(architecture), options),
      options_(options),
      g_(training_state().network("generator", std::move(generator), Start::kNormal02)),
      d_(training_state().network("discriminator", std::move(discriminator), Start::kNormal02)),
      adam_g_(training_state().optimizer("generator", {&g_}, generator_adam())),
      adam_d_(training_state().optimizer("discriminator", {&d_}, discriminator_adam())) {
  if (options.balance == "adaptive") training_state().include("balance", balance_);
  set_result(g_);
}

Terms NoiseGan::step(const Images& batch, StepContext& context) {
  return torchnet::guarded("training step", [&] {
    const at::Tensor& real = batch.style;  // x: [N,3,H,W]
    Terms terms;
    if (options_.balance == "adaptive") {
      terms = take_turns(real, context);
    } else {
      at::Tensor fake;  // G(z): [N,3,H,W]
      for (int i = 0; i < options_.discriminator_steps; ++i) {
        fake = g_.forward(draw_latent(g_.graph(), real.size(0), context));
        train_discriminator(d_, adam_d_, real, fake.detach(), context, terms);
      }
      train_generator(fooling_loss(fake, context), context, terms);  // on the same noise as the discriminator
    }
    end_step(context);
    return mean_by_name(terms);
  });
}

void NoiseGan::average_over(World& world) {
  if (world.count() > 1 && options_.balance == "adaptive") {
    fail(ErrorCode::kUnsupported, "balance: adaptive follows one process's loss, but {} train together; set alternate",
         world.count());
  }
  GanMethod::average_over(world);
}

Terms NoiseGan::take_turns(const at::Tensor& real, StepContext& context) {
  Terms terms;
  for (int i = 0; i < kTurns; ++i) {
    const at::Tensor fake = g_.forward(draw_latent(g_.graph(), real.size(0), context));
    const at::Tensor fooling = fooling_loss(fake, context);
    const bool generators = balance_.is_generators_turn(fooling.item<double>());
    terms.emplace_back("generator_turns", generators ? 1 : 0);
    if (generators) {
      train_generator(fooling, context, terms);
    } else {
      train_discriminator(d_, adam_d_, real, fake.detach(), context, terms);
    }
  }
  terms.emplace_back("threshold", balance_.threshold());
  return terms;
}

at::Tensor NoiseGan::fooling_loss(const at::Tensor& fake, StepContext& context) {
  const Frozen frozen(d_);
  return loss_to_fool(adversarial(), d_.forward(augmented(fake, context)));
}

void NoiseGan::train_generator(const at::Tensor& fooling, StepContext& context, Terms& terms) {
  LossSum loss(terms);
  loss.add("g", 1, fooling);
  add_generator_losses(loss);
  descend(adam_g_, loss.total(), generator_rate(context), "generator", terms);
}

}  // namespace genga::train
