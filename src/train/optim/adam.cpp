// Adam over all weights together, with loss scaling for f16.
#include "train/optim/adam.h"

#include <cmath>
#include <utility>
#include <vector>

#include "genga/error.h"
#include "torchnet/convert.h"

namespace genga::train {
namespace {

constexpr double kEpsilon = 1e-8;
constexpr double kSmallestScale = 1.0 / 1024;  // a loss scaled down so far is not finite itself
constexpr int kScaleGrowth = 2000;             // steps until a larger loss scale is tried

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

void Adam::average_over(World& world) {
  std::vector<at::Tensor> leaves;
  for (const auto& [name, parameter] : parameters_) leaves.push_back(parameter);
  averager_ = std::make_unique<GradientAverager>(world, leaves);
}

void Adam::clear_gradients() {
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
  scaled_ = false;
  if (averager_) averager_->begin();
}

void Adam::backward(const at::Tensor& loss) {
  clear_gradients();
  scaled_ = options_.scale_loss;
  (scaled_ ? loss * scale_ : loss).backward();
}

double Adam::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  if (averager_) averager_->finish();
  std::vector<at::Tensor> gradients;
  for (const auto& [name, parameter] : parameters_) {
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  }
  if (gradients.empty()) return 0;
  const double scale = scaled_ ? scale_ : 1;
  // One number leaves the GPU, not one a tensor.
  const at::Tensor norms = at::stack(at::_foreach_norm(gradients)).to(at::kDouble);
  const double norm = norms.norm().item<double>() / scale;
  if (!std::isfinite(norm)) {
    if (!scaled_ || scale_ <= kSmallestScale) return norm;
    scale_ /= 2;
    n_finite_ = 0;
    return 0;
  }
  update(learning_rate, (options_.clip > 0 && norm > options_.clip ? options_.clip / norm : 1) / scale);
  if (scaled_ && ++n_finite_ == kScaleGrowth) {
    scale_ *= 2;
    n_finite_ = 0;
  }
  return norm;
}

void Adam::update(double learning_rate, double factor) {
  ++n_steps_;
  const auto t = static_cast<double>(n_steps_);
  const double rate = learning_rate / (1 - std::pow(options_.beta1, t));
  const double root = std::sqrt(1 - std::pow(options_.beta2, t));
  std::vector<at::Tensor> weights, gradients, m, v;
  for (const auto& [name, parameter] : parameters_) {
    if (!parameter.grad().defined()) continue;
    weights.push_back(parameter);
    gradients.push_back(parameter.grad());
    m.push_back(first_.at(name));
    v.push_back(second_.at(name));
  }
  // A few kernels for all tensors together on a GPU; on the CPU the same as a loop.
  if (factor != 1 || options_.weight_decay > 0) gradients = at::_foreach_mul(gradients, factor);
  if (options_.weight_decay > 0) at::_foreach_add_(gradients, weights, options_.weight_decay);
  at::_foreach_mul_(m, options_.beta1);
  at::_foreach_add_(m, gradients, 1 - options_.beta1);
  at::_foreach_mul_(v, options_.beta2);
  at::_foreach_addcmul_(v, gradients, gradients, 1 - options_.beta2);
  std::vector<at::Tensor> deviation = at::_foreach_sqrt(v);
  at::_foreach_div_(deviation, root);
  at::_foreach_add_(deviation, kEpsilon);
  at::_foreach_addcdiv_(weights, m, deviation, -rate);
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
  if (options_.scale_loss) {
    state[prefix + "scale"] = weights::make_tensor({2}, {static_cast<float>(scale_), static_cast<float>(n_finite_)});
  }
}

void Adam::load(const weights::TensorMap& state, const std::string& prefix) {
  for (const auto& [name, parameter] : parameters_) {
    first_[name] = restored(state, prefix + name + ".m", first_[name]);
    second_[name] = restored(state, prefix + name + ".v", second_[name]);
  }
  const std::vector<float> digits = find(state, prefix + "steps").to_f32();
  if (digits.size() != 2) fail(ErrorCode::kCorruptData, "training state: tensor '{}steps' is not a counter", prefix);
  n_steps_ = static_cast<std::int64_t>(digits[0]) << 24 | static_cast<std::int64_t>(digits[1]);
  const auto scale = state.find(prefix + "scale");  // absent in a run that began with another precision
  if (!options_.scale_loss || scale == state.end()) return;
  const std::vector<float> values = scale->second.to_f32();
  if (values.size() != 2) fail(ErrorCode::kCorruptData, "training state: tensor '{}scale' is not two numbers", prefix);
  scale_ = values[0];
  n_finite_ = static_cast<int>(values[1]);
}

}  // namespace genga::train
