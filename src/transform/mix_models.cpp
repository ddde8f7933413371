// One network out of several styles: the weighted mean of their images, and a card that keeps what each asks for.
#include <fmt/ranges.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "genga/card.h"
#include "genga/error.h"
#include "genga/transform.h"
#include "transform/branches.h"

namespace genga::transform {
namespace {

std::vector<std::string> texts_of(std::span<const weights::Model> models, std::string weights::ModelCard::* text) {
  std::vector<std::string> texts;
  for (const weights::Model& model : models) texts.push_back(model.card.*text);
  return texts;
}

/// One text that all share, or "pepper: ...; mika: ...".
std::string all_texts(std::span<const weights::Model> models, std::string weights::ModelCard::* text) {
  std::vector<std::string> different, named;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const weights::ModelCard& card = models[i].card;
    weights::add_new(different, {card.*text});
    weights::add_new(named, {fmt::format("{}: {}", card.name.empty() ? fmt::format("style {}", i + 1) : card.name,
                                         (card.*text).empty() ? "unknown" : card.*text)});
  }
  return different.size() == 1 ? different.front() : fmt::format("{}", fmt::join(named, "; "));
}

/// The weighted mean over the models whose card has a size; 0 if none has.
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
    fail(ErrorCode::kInvalidArgument, "mix of styles: weights add up to {}, expected more than 0", sum);
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
    parts.push_back(mix.graph.add(prefix + "weighted", ir::Affine{.scale = weight}, {image}));
    mix.card.name += fmt::format("{}{}{:.0f}", i == 0 ? "" : "-", models[i].card.name, 100 * weight);
  }
  mix.graph.set_output(parts.size() == 1 ? parts.front() : mix.graph.add("mix", ir::Add{}, parts));
  mix.card.title = "Mix of styles";
  mix.card.architecture = "mix";
  mix.card.licence = weights::all_licences(texts_of(models, &weights::ModelCard::licence));
  mix.card.attribution = weights::all_credits(texts_of(models, &weights::ModelCard::attribution));
  mix.card.data = all_texts(models, &weights::ModelCard::data);
  mix.card.recipe = all_texts(models, &weights::ModelCard::recipe);
  mix.card.limits = all_texts(models, &weights::ModelCard::limits);
  mix.card.sized_for = common_size(models, weights);
  return mix;
}

}  // namespace genga::transform
