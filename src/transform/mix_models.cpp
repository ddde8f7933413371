#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "genga/error.h"
#include "genga/transform.h"
#include "transform/branches.h"

namespace genga::transform {
namespace {

/// "CC-BY-4.0 AND CC0-1.0"; empty if any is unknown.
std::string all_licences(std::span<const weights::Model> models) {
  std::string all;
  for (const weights::Model& model : models) {
    const std::string& one = model.card.licence;
    if (one.empty()) return {};
    if (all.find(one) == std::string::npos) all += (all.empty() ? "" : " AND ") + one;
  }
  return all;
}

std::string all_credits(std::span<const weights::Model> models) {
  std::string all;
  for (const weights::Model& model : models) {
    const std::string& one = model.card.attribution;
    if (!one.empty() && all.find(one) == std::string::npos) all += (all.empty() ? "" : "; ") + one;
  }
  return all;
}

/// The weighted mean of those that say something: strokes then err less than if nothing were said.
int common_size(std::span<const weights::Model> models, std::span<const double> weights) {
  double size = 0, sum = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (models[i].card.sized_for == 0) continue;
    size += weights[i] * models[i].card.sized_for;
    sum += weights[i];
  }
  return sum > 0 ? static_cast<int>(std::lround(size / sum)) : 0;
}

void check_alike(const weights::Model& first, const weights::Model& other) {
  const weights::PixelFormat &a = first.card.pixels, &b = other.card.pixels;
  const bool alike = a.order == b.order && a.input_low == b.input_low && a.input_high == b.input_high &&
                     a.output_low == b.output_low && a.output_high == b.output_high &&
                     first.graph.input().channels == other.graph.input().channels;
  if (alike) return;
  fail(ErrorCode::kUnsupported, "styles '{}' and '{}' cannot be mixed: their networks take pixels in different form",
       first.card.name, other.card.name);
}

}  // namespace

weights::Model mix_models(std::span<const weights::Model> models, std::span<const double> weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (models.empty() || models.size() != weights.size() || !(sum > 0)) {
    fail(ErrorCode::kInvalidArgument, "mix of styles: shares add up to {}, expected more than 0", sum);
  }
  weights::Model mix;
  mix.card = models.front().card;
  mix.card.name.clear();
  const ir::NodeId input = mix.graph.add("x", ir::Input{.channels = models.front().graph.input().channels});
  std::vector<ir::NodeId> parts;
  for (std::size_t i = 0; i < models.size(); ++i) {
    check_alike(models.front(), models[i]);
    const std::string prefix = fmt::format("style{}.", i + 1);
    const ir::NodeId image = add_branch(mix, models[i], prefix, input);
    const auto weight = static_cast<float>(weights[i] / sum);
    parts.push_back(mix.graph.add(prefix + "share", ir::Affine{.scale = weight}, {image}));
    mix.card.name += fmt::format("{}{}{:.0f}", i == 0 ? "" : "-", models[i].card.name, 100 * weight);
  }
  mix.graph.set_output(parts.size() == 1 ? parts.front() : mix.graph.add("mix", ir::Add{}, parts));
  mix.card.title = "Mix of styles";
  mix.card.architecture = "mix";
  mix.card.licence = all_licences(models);
  mix.card.attribution = all_credits(models);
  mix.card.sized_for = common_size(models, weights);
  return mix;
}

}  // namespace genga::transform
