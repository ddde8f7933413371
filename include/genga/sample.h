// Images from noise: latents drawn by seed, interpolation between them, and the generator that makes images of them.
//
// Usual calls:  Sampler sampler(model);  image::Image face = sampler.image(draw(sampler.latent(), seed));
// Does not: read or write files, resize.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "genga/engine.h"
#include "genga/image.h"
#include "genga/weights.h"

namespace genga::sample {

/// What a noise generator takes: `normal` standard normal numbers, then the weights of a mixture's components.
struct LatentSize {
  int normal = 0;
  int components = 0;  // of its ir::GaussianMixture; 0: it has none
};
/// Nothing if the graph is no generator of RGB images from an Input of 1 x 1.
std::optional<LatentSize> latent_size(const ir::Graph& graph);

struct Latent {
  std::vector<float> normal;
  std::vector<float> weights;  // sum 1; one-hot when drawn
};

struct DrawOptions {
  double truncation = 1;         // factor on the normal part: below 1 typical images, above 1 unusual ones
  std::optional<int> component;  // 0..components-1; none: drawn by the seed
};
/// A pure function of its arguments, the same on every machine. The normal part does not depend on the options but for
/// its scale. Throws Error: kInvalidArgument (component).
Latent draw(const LatentSize& size, std::uint64_t seed, const DrawOptions& options = {});

/// Interpolates from a (t = 0) to b (t = 1): spherically for the normal part (White 2016, arXiv 1609.04468), because
/// points on the straight line are shorter than any sample of a normal distribution; linearly for the weights.
Latent between(const Latent& a, const Latent& b, double t);

/// One point of a path through several latents (stops): between(stop `from`, stop `to`, t).
struct Waypoint {
  int from = 0, to = 0;
  double t = 0;
};
/// A path through n stops with `steps` points from each stop to the next, the stop itself being the first of them.
/// loop: it goes on from the last stop to the first; else the last stop is the last point. Requires: n > 1, steps > 0.
std::vector<Waypoint> waypoints(int n, int steps, bool loop);

/// Threads: one at a time per Sampler.
class Sampler {
 public:
  /// Throws Error: kUnsupported (no noise generator), kCorruptData (range of the card's pixels).
  explicit Sampler(const weights::Model& model, const engine::EngineOptions& options = {});
  Sampler(Sampler&&) noexcept;
  ~Sampler();
  const LatentSize& latent() const;
  int width() const;
  int height() const;
  /// Throws Error: kInvalidArgument (sizes of the latent), kCorruptData (weights that give NaN or infinity).
  image::Image image(const Latent& latent);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Images of one size row by row in so many columns, white between and where images are missing.
/// Requires: 1 <= columns, at most columns * rows images. Throws Error: kOutOfMemory above kMaxSheetPixels.
image::Image contact_sheet(std::span<const image::Image> images, int columns, int rows);
inline constexpr std::int64_t kMaxSheetPixels = std::int64_t{1} << 28;

}  // namespace genga::sample
