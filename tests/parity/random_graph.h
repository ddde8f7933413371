// Small random networks for differential tests: whatever the seed, the graph is valid.
#pragma once

#include "parity/op_cases.h"

namespace genga::parity {

/// 2 to 12 ops on a small image of odd size; tolerance set for that depth. Deterministic.
Case random_case(std::uint64_t seed);

}  // namespace genga::parity
