// Recorded trajectories: the terms of each method's first ten steps, in tests/methods/golden/<name>.json.
// To record anew after a change that is meant to change them: GENGA_WRITE_GOLDEN=1 ctest -R Trajectory
#pragma once

#include <string>
#include <vector>

#include "genga/train.h"

namespace genga::train {

/// Compares with the record, or writes it; fails the test where a term is missing or differs by more than rounding does
/// over ten steps on another processor.
void expect_golden(const std::string& name, const std::vector<Terms>& steps);

}  // namespace genga::train
