// Latents: drawn by seed, interpolated, and the points of a path through several of them.
#include <algorithm>
#include <cmath>

#include "genga/error.h"
#include "genga/random.h"
#include "genga/sample.h"

namespace genga::sample {
namespace {

// Streams of a seed. Stored images depend on these numbers: do not change them.
constexpr std::uint64_t kNormalStream = 1;
constexpr std::uint64_t kComponentStream = 2;

const ir::GaussianMixture* mixture_of(const ir::Graph& graph) {
  for (const ir::Node& node : graph.nodes()) {
    const auto* mixture = std::get_if<ir::GaussianMixture>(&node.op);
    if (mixture != nullptr && node.src.front() == 0) return mixture;
  }
  return nullptr;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

std::vector<float> mix(const std::vector<float>& a, const std::vector<float>& b, double fraction_a, double fraction_b) {
  std::vector<float> result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = static_cast<float>(fraction_a * a[i] + fraction_b * b[i]);
  return result;
}

std::vector<float> spherical(const std::vector<float>& a, const std::vector<float>& b, double t) {
  const double lengths = std::sqrt(dot(a, a) * dot(b, b));
  const double cosine = lengths > 0 ? std::clamp(dot(a, b) / lengths, -1.0, 1.0) : 1;
  const double angle = std::acos(cosine);
  // (Nearly) parallel: the quotients below would be 0 / 0.
  if (std::sin(angle) < 1e-6) return mix(a, b, 1 - t, t);
  return mix(a, b, std::sin((1 - t) * angle) / std::sin(angle), std::sin(t * angle) / std::sin(angle));
}

}  // namespace

std::optional<LatentSize> latent_size(const ir::Graph& graph) {
  const ir::Input& input = graph.input();
  if (input.height != 1 || input.width != 1) return std::nullopt;
  const ir::Shape source{1, input.channels, 1, 1};
  const ir::Shape result = ir::infer_shapes(graph, source).at(static_cast<std::size_t>(graph.output()));
  if (result.c != 3 || result.h * result.w <= 1) return std::nullopt;
  const ir::GaussianMixture* mixture = mixture_of(graph);
  const int components = mixture == nullptr ? 0 : mixture->components;
  return LatentSize{.normal = input.channels - components, .components = components};
}

Latent draw(const LatentSize& size, std::uint64_t seed, const DrawOptions& options) {
  if (options.component && size.components == 0) {
    fail(ErrorCode::kInvalidArgument, "component {}: this model's noise has no components to choose from",
         *options.component);
  }
  if (options.component && (*options.component < 0 || *options.component >= size.components)) {
    fail(ErrorCode::kInvalidArgument, "component {}: this model's noise has components 0 to {}", *options.component,
         size.components - 1);
  }
  Latent latent;
  Rng normal(seed, kNormalStream);
  for (int i = 0; i < size.normal; ++i) {
    latent.normal.push_back(static_cast<float>(normal.normal() * options.truncation));
  }
  if (size.components == 0) return latent;
  Rng chooser(seed, kComponentStream);
  const std::int64_t chosen = options.component ? *options.component : chooser.below(size.components);
  latent.weights.resize(static_cast<std::size_t>(size.components));
  latent.weights[static_cast<std::size_t>(chosen)] = 1;
  return latent;
}

Latent between(const Latent& a, const Latent& b, double t) {
  return {.normal = spherical(a.normal, b.normal, t), .weights = mix(a.weights, b.weights, 1 - t, t)};
}

std::vector<Waypoint> waypoints(int n, int steps, bool loop) {
  std::vector<Waypoint> points;
  const int segments = loop ? n : n - 1;
  for (int from = 0; from < segments; ++from) {
    for (int step = 0; step < steps; ++step)
      points.push_back({from, (from + 1) % n, static_cast<double>(step) / steps});
  }
  if (!loop) points.push_back({n - 1, n - 1, 0});
  return points;
}

}  // namespace genga::sample
