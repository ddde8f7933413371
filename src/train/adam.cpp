#include "train/adam.h"

#include <cmath>
#include <utility>

#include "genga/error.h"
#include "torchnet/convert.h"

namespace genga::train {
namespace {

constexpr double kEpsilon = 1e-8;

const weights::Tensor& find(const weights::TensorMap& state, const std::string& name) {
  const auto it = state.find(name);
  if (it != state.end()) return it->second;
  fail(ErrorCode::kCorruptData,
       "training state: tensor '{}' is missing; the checkpoint is of another method or version", name);
}

at::Tensor restored(const weights::TensorMap& state, const std::string& name, const at::Tensor& like) {
  const at::Tensor tensor = torchnet::to_torch(find(state, name));
  if (tensor.sizes() != like.sizes()) {
    fail(ErrorCode::kCorruptData, "training state: tensor '{}' has shape {}, expected {}", name,
         c10::str(tensor.sizes()), c10::str(like.sizes()));
  }
  return at::empty_like(like).copy_(tensor);  // in the weight's memory format
}

}  // namespace

Adam::Adam(torchnet::NamedTensors parameters, const AdamOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const auto& [name, parameter] : parameters_) {
    first_[name] = at::zeros_like(parameter.detach());
    second_[name] = at::zeros_like(parameter.detach());
  }
}

void Adam::clear_gradients() {
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
}

double Adam::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  double square = 0;
  for (const auto& [name, parameter] : parameters_) {
    if (parameter.grad().defined()) square += parameter.grad().square().sum().item<double>();
  }
  const double norm = std::sqrt(square);
  if (!std::isfinite(norm)) return norm;
  const double scale = options_.clip > 0 && norm > options_.clip ? options_.clip / norm : 1;
  ++n_steps_;
  const auto t = static_cast<double>(n_steps_);
  const double rate = learning_rate / (1 - std::pow(options_.beta1, t));
  const double root = std::sqrt(1 - std::pow(options_.beta2, t));
  for (auto& [name, parameter] : parameters_) {
    if (!parameter.grad().defined()) continue;
    at::Tensor gradient = parameter.grad() * scale;
    if (options_.weight_decay > 0) gradient.add_(parameter, options_.weight_decay);
    at::Tensor &m = first_[name], &v = second_[name];
    m.mul_(options_.beta1).add_(gradient, 1 - options_.beta1);
    v.mul_(options_.beta2).addcmul_(gradient, gradient, 1 - options_.beta2);
    parameter.addcdiv_(m, v.sqrt().div_(root).add_(kEpsilon), -rate);
  }
  return norm;
}

void Adam::save(weights::TensorMap& state, const std::string& prefix) const {
  for (const auto& [name, parameter] : parameters_) {
    state[prefix + name + ".m"] = torchnet::from_torch(first_.at(name));
    state[prefix + name + ".v"] = torchnet::from_torch(second_.at(name));
  }
  // Exact as f32 up to 16 million steps, and as two digits to base 2^24 beyond.
  constexpr std::int64_t kBase = std::int64_t{1} << 24;
  state[prefix + "steps"] =
      weights::make_tensor({2}, {static_cast<float>(n_steps_ / kBase), static_cast<float>(n_steps_ % kBase)});
}

void Adam::load(const weights::TensorMap& state, const std::string& prefix) {
  for (const auto& [name, parameter] : parameters_) {
    first_[name] = restored(state, prefix + name + ".m", first_[name]);
    second_[name] = restored(state, prefix + name + ".v", second_[name]);
  }
  const std::vector<float> digits = find(state, prefix + "steps").to_f32();
  if (digits.size() != 2) fail(ErrorCode::kCorruptData, "training state: tensor '{}steps' is not a counter", prefix);
  n_steps_ = static_cast<std::int64_t>(digits[0]) << 24 | static_cast<std::int64_t>(digits[1]);
}

}  // namespace genga::train
