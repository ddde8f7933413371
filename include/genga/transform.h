// What is done to networks: norms with stored statistics, mixes of styles, strokes of another size, random weights.
//
// Usual calls:  Model m = mix_models(styles, weights);   Model m = with_stroke_scale(model, 2);
// Each returns a new network and leaves the old one as it was. All functions are thread-safe.
#pragma once

#include <cstdint>
#include <span>

#include "genga/graph.h"
#include "genga/weights.h"

namespace genga::transform {

/// He-normal convolutions (fan in), zero biases, unit norms, mixtures and rho as published; for tests and benchmarks.
/// The same on every machine.
weights::TensorMap random_weights(const ir::Graph& graph, std::uint64_t seed);

/// The graph that freeze_norms() makes: every norm over the whole image is a BatchNorm, attention has stored sums, and
/// nodes that only modulated a norm are gone.
ir::Graph with_stored_norms(const ir::Graph& graph);
/// The same network with statistics as given, so that it becomes local where only norms and attention were not
/// (algorithms.md 14c). Throws Error: kInvalidArgument if statistics are missing.
weights::Model freeze_norms(const weights::Model& model, const weights::NormStatistics& statistics);

/// One network that gives the weighted mean of several networks' images; weights need not add up to 1. Its card names
/// every style with its licence, credits, data, recipe and limits; its sized_for is the weighted mean over the styles
/// that have one. Throws Error: kInvalidArgument (no weight above 0), kUnsupported (networks that take pixels in
/// different form, or images of one size only).
weights::Model mix_models(std::span<const weights::Model> models, std::span<const double> weights);
/// The same style with strokes `scale` times as large, sized for images as much larger; local nets stay local. Cost:
/// 1 + 1/scale^2 of the network's for whole scales, at most 1.36 times between them, 4 to 5 times below 1. Throws
/// Error: kInvalidArgument (not is_stroke_scale), kUnsupported (a network that changes the image's size).
weights::Model with_stroke_scale(const weights::Model& model, double scale);
inline constexpr double kMinStrokeScale = 0.5, kMaxStrokeScale = 8, kStrokeScaleStep = 0.125;
/// kMinStrokeScale to kMaxStrokeScale in steps of kStrokeScaleStep.
bool is_stroke_scale(double scale);

}  // namespace genga::transform
