// The parity table: small networks with their input and tolerance. One row drives ref = engine, ref = torch, gradients
// by finite differences, tile = whole, text round trip and bench rows.
//
// Add a row: op_cases.cpp (one op), graph_cases.cpp (patterns that the engine fuses, whole models). Run the tests with
// GENGA_PARITY_PRINT=1 to see every error, and choose the row's tolerance: at most 4x the largest error seen among rows
// of its kind.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "genga/ref.h"

namespace genga::parity {

struct Case {
  std::string name;  // letters, digits and '_'
  ir::Graph graph;
  ir::Shape input;
  double tolerance = 0;  // largest difference, relative to the largest value of the result
  std::uint64_t seed = 1;
};

/// One op each, every op with several attribute sets and odd sizes.
const std::vector<Case>& op_cases();
/// Several ops: what the engine fuses, shares or must not fuse.
const std::vector<Case>& pattern_cases();
/// The models at small sizes.
const std::vector<Case>& model_cases();
std::vector<Case> all_cases();

/// Like transform::random_weights, but with biases, scales and statistics that are random too, so that none goes
/// unseen.
weights::TensorMap case_weights(const ir::Graph& graph, std::uint64_t seed);
weights::Model case_model(const Case& c);
/// Numbers of 0.1 to 1 with either sign: no activation's kink is near.
ref::Array case_input(const ir::Shape& shape, std::uint64_t seed);

/// Largest difference relative to the largest value of `expected`, but at least to min_peak. Infinite if sizes differ
/// or a value is not finite.
double relative_error(const std::vector<float>& expected, const std::vector<float>& actual, double min_peak = 1e-3);
/// GoogleTest shows a failed case by its name.
void PrintTo(const Case& c, std::ostream* stream);
/// For GENGA_PARITY_PRINT=1.
void print_error(const std::string& who, const Case& c, double error, double tolerance);

}  // namespace genga::parity
