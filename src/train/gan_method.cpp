// What methods share: the average of the generator, rates, penalties, results and samples.
#include "train/gan_method.h"

#include <algorithm>
#include <utility>

#include "genga/error.h"
#include "train/losses/adversarial.h"

namespace genga::train {
namespace {

constexpr int kMargin = 16;  // pixels replicated around a photo before stylising: hides zero padding inside networks

}  // namespace

GanMethod::GanMethod(const RunConfig& config, std::string architecture, const DiscriminatorOptions& options)
    : config_(config),
      architecture_(std::move(architecture)),
      adversarial_(adversarial_by_name(options.adversarial)),
      label_real_(options.label_real),
      penalties_(options),
      schedule_(schedule_of(config)),
      training_state_(static_cast<std::uint64_t>(config.seed), torchnet::find_compute(config.device, config.precision)),
      augmenter_(config.augment) {
  training_state_.include("augmenter", augmenter_);
}

void GanMethod::set_result(torchnet::Network& generator, std::string output) {
  generator_ = &generator;
  output_ = std::move(output);
  if (config_.ema <= 0) return;
  average_ = &training_state_.network(std::string(kAverageName), generator.graph(), Start::kSmall);
  average_->set_weights(generator.weights());
  average_->set_frozen(true);
  average_->set_training(false);
}

void GanMethod::end_step(const StepContext& context) {
  augmenter_.end_step(config_.batch);
  if (average_ == nullptr) return;
  const auto n = static_cast<double>(context.step());
  average_->move_towards(*generator_, 1 - std::min(config_.ema, (1 + n) / (10 + n)));
}

std::string_view GanMethod::phase(std::int64_t step) const {
  if (config_.warmup == 0) return {};
  return step < config_.warmup ? "warm-up" : "adversarial";
}

AdamOptions GanMethod::generator_adam() const {
  return {config_.beta1, config_.beta2, config_.clip, config_.weight_decay};
}

AdamOptions GanMethod::discriminator_adam() const {
  return {config_.beta1_discriminator, config_.beta2, config_.clip, config_.weight_decay};
}

double GanMethod::generator_rate(const StepContext& context) const {
  const bool warming = context.step() < config_.warmup && config_.lr_warmup > 0;
  return (warming ? config_.lr_warmup : config_.lr) * rate_fraction(schedule_, context.step(), config_.steps) *
         context.rate();
}

double GanMethod::discriminator_rate(const StepContext& context) const {
  return config_.lr_discriminator * rate_fraction(schedule_, context.step(), config_.steps) * context.rate();
}

void GanMethod::add_penalties(LossSum& loss, const std::string& name, const Discriminator& discriminator,
                              const at::Tensor& real, const at::Tensor& fake, StepContext& context) const {
  at::Tensor total;
  const auto add = [&](const at::Tensor& penalty) { total = total.defined() ? total + penalty : penalty; };
  const bool has_penalty = adversarial_ == Adversarial::kWganGp || adversarial_ == Adversarial::kWganLp ||
                           adversarial_ == Adversarial::kDragan;
  if (has_penalty && penalties_.w_penalty > 0) {
    add(penalties_.w_penalty * gradient_penalty(adversarial_, discriminator, real, fake, context));
  }
  if (penalties_.r1_gamma > 0 && context.step() % penalties_.r1_every == 0) {
    add(penalties_.r1_gamma / 2 * penalties_.r1_every * r1_penalty(discriminator, real));
  }
  if (total.defined()) loss.add(name, 1, total);
}

void GanMethod::train_discriminator(torchnet::Network& discriminator, Adam& adam, const at::Tensor& real,
                                    const at::Tensor& fake, StepContext& context, Terms& terms) {
  const Discriminator logits = [&](const at::Tensor& x) { return discriminator.forward(x); };
  const at::Tensor seen_real = augmented(real, context), seen_fake = augmented(fake, context);
  const at::Tensor of_real = logits(seen_real);
  LossSum loss(terms);
  loss.add("d_real", 1, loss_when_real(adversarial_, of_real, label_real_));
  loss.add("d_fake", 1, loss_when_fake(adversarial_, logits(seen_fake)));
  add_penalties(loss, "penalty", logits, seen_real, seen_fake, context);
  observe_real(of_real);
  descend(adam, loss.total(), discriminator_rate(context), "discriminator", terms);
}

void GanMethod::descend(Adam& adam, const at::Tensor& loss, double rate, const std::string& name, Terms& terms) {
  adam.backward(loss);
  terms.emplace_back("grad_" + name, adam.step(rate));
}

void GanMethod::init_from(const weights::Model& model) {
  set_some_weights(model.tensors);
}

void GanMethod::set_some_weights(const weights::TensorMap& tensors) {
  generator_->set_some_weights(tensors);
  if (average_ != nullptr) average_->set_some_weights(tensors);
}

weights::Model GanMethod::result() {
  torchnet::Network& network = shown();
  const ir::Graph& whole = network.graph();
  const ir::NodeId output = output_.empty() ? whole.output() : whole.find(output_);
  weights::Model model;
  model.graph = ir::subgraph(whole, output);
  weights::TensorMap tensors = network.weights();
  for (const ir::WeightSpec& spec : ir::weight_specs(model.graph)) model.tensors[spec.name] = tensors.at(spec.name);
  model.card.architecture = architecture_;
  return model;
}

at::Tensor GanMethod::stylise(const at::Tensor& photo) {
  const at::NoGradGuard no_grad;
  torchnet::Network& network = shown();
  const ir::NodeId output = output_.empty() ? network.graph().output() : network.graph().find(output_);
  const int multiple = ir::receptive_field(network.graph()).multiple;
  const std::int64_t h = photo.size(2), w = photo.size(3);
  const auto fill = [&](std::int64_t size) {
    return kMargin + (multiple - (size + 2 * kMargin) % multiple) % multiple;
  };
  const at::Tensor padded = at::replication_pad2d(photo, {kMargin, fill(w), kMargin, fill(h)});
  network.set_training(false);
  const at::Tensor result = network.forward(padded, std::span(&output, 1)).front();
  network.set_training(&network == generator_);
  return result.narrow(2, kMargin, h).narrow(3, kMargin, w).cpu();
}

at::Tensor GanMethod::sample(std::int64_t n, std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  torchnet::Network& network = shown();
  StepContext context(seed, 0);
  network.set_training(false);
  const at::Tensor images = network.forward(draw_latent(network.graph(), n, context));
  network.set_training(&network == generator_);
  return images.cpu();
}

at::Tensor draw_latent(const ir::Graph& generator, std::int64_t n, StepContext& context) {
  std::int64_t components = 0;
  for (const ir::Node& node : generator.nodes()) {
    if (const auto* mixture = std::get_if<ir::GaussianMixture>(&node.op)) components = mixture->components;
  }
  const std::int64_t dims = generator.input().channels - components;
  const at::Tensor normal = context.normal({n, dims, 1, 1});
  if (components == 0) return normal;
  const at::Tensor which = at::one_hot(context.integers(components, n), components).to(at::kFloat);
  return at::cat({normal, which.view({n, components, 1, 1})}, 1);
}

}  // namespace genga::train
