// The threshold that decides whose turn it is.
#include "train/parts/adaptive_balance.h"

#include <algorithm>

#include "genga/error.h"

namespace genga::train {
namespace {

constexpr float kStep = 0.003F, kHighest = 1, kLowest = 0.7F;

}  // namespace

bool AdaptiveBalance::is_generators_turn(double generator_loss) {
  const bool generators = generator_loss > threshold_;
  generator_turns_ = generators ? generator_turns_ + 1 : 0;
  discriminator_turns_ = generators ? 0 : discriminator_turns_ + 1;
  if (generator_turns_ > 3) threshold_ = std::min(threshold_ + kStep, kHighest);
  if (discriminator_turns_ >= 2) threshold_ = std::max(threshold_ - kStep, kLowest);
  return generators;
}

void AdaptiveBalance::save(weights::TensorMap& state, const std::string& prefix) const {
  state[prefix + "balance"] = weights::make_tensor(
      {3}, {threshold_, static_cast<float>(generator_turns_), static_cast<float>(discriminator_turns_)});
}

void AdaptiveBalance::load(const weights::TensorMap& state, const std::string& prefix) {
  const auto it = state.find(prefix + "balance");
  if (it == state.end() || it->second.size() != 3) {
    fail(ErrorCode::kCorruptData, "training state: tensor '{}balance' is missing or has not 3 numbers", prefix);
  }
  const std::vector<float> values = it->second.to_f32();
  threshold_ = values[0];
  generator_turns_ = static_cast<int>(values[1]);
  discriminator_turns_ = static_cast<int>(values[2]);
}

}  // namespace genga::train
