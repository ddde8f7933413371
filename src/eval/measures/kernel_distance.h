// Kernel distance (squared maximum mean discrepancy). Source: Binkowski et al. 2018, arXiv 1801.01401.
#pragma once

#include "eval/features.h"

namespace genga::eval {

/// Kernel (x.y/d + 1)^3, unbiased: the expected value for two samples of one distribution is 0, so it may be negative.
/// All pairs are used; the published code averages over subsets of at most 1000 to save time, which estimates the same.
/// Throws Error: kInvalidArgument (a set of fewer than two, other dimensions).
double kernel_distance(const Features& a, const Features& b);

}  // namespace genga::eval
