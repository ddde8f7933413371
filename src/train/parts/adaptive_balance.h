// Whose turn it is when two players must stay near each other: the generator learns while its loss is above a
// threshold, the discriminator otherwise. Source: Gurumurthy et al. 2017 (DeLiGAN), val-iisc/deligan, src/mnist;
// algorithms.md 3.
#pragma once

#include <string>

#include "genga/weights.h"

namespace genga::train {

class AdaptiveBalance {
 public:
  /// Once per turn. generator_loss: on fresh noise, before the turn. True: the generator learns in this turn. After
  /// more than three such turns in a row the threshold rises by .003 (to 1 at most); after two of the discriminator's
  /// it falls by .003 (to .7 at least).
  bool is_generators_turn(double generator_loss);
  double threshold() const { return threshold_; }

  /// `<prefix>balance` [3]. For TrainingState::include.
  void save(weights::TensorMap& state, const std::string& prefix) const;
  /// Throws Error: kCorruptData.
  void load(const weights::TensorMap& state, const std::string& prefix);

 private:
  float threshold_ = 1;                                // f32, as checkpoints store it
  int generator_turns_ = 0, discriminator_turns_ = 0;  // in a row
};

}  // namespace genga::train
