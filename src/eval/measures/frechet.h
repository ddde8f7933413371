// Distance between two Gaussians fitted to two sets. Source: Heusel et al. 2017, arXiv 1706.08500, equation 6.
#pragma once

#include "eval/features.h"

namespace genga::eval {

/// |mean_a - mean_b|^2 + Tr(A + B - 2 (A B)^1/2) with A, B the unbiased covariances; at least 0. Biased upwards when a
/// set holds fewer rows than dimensions. Throws Error: kInvalidArgument (a set of fewer than two, other dimensions).
double frechet_distance(const Features& a, const Features& b);

}  // namespace genga::eval
