#include <cmath>
#include <span>

#include "ref/ops.h"

namespace genga::ref {
namespace {

struct MeanVar {
  double mean = 0;
  double var = 0;  // biased: divided by the count
};

MeanVar mean_var(std::span<const float> values) {
  MeanVar result;
  for (const float v : values) result.mean += v;
  result.mean /= static_cast<double>(values.size());
  for (const float v : values) result.var += (v - result.mean) * (v - result.mean);
  result.var /= static_cast<double>(values.size());
  return result;
}

/// Normalises every channel of image n: the whole rule of the three norms, which differ in where `moments` come from.
void normalise(Array& array, std::int64_t n, const std::vector<MeanVar>& moments, float eps, const Weights& weights) {
  const ir::Shape& s = array.shape;
  for (std::int64_t c = 0; c < s.c; ++c) {
    const auto i = static_cast<std::size_t>(c);
    const double scale = weights.weight.empty() ? 1.0 : weights.weight[i];
    const double offset = weights.bias.empty() ? 0.0 : weights.bias[i];
    const double inverse = 1.0 / std::sqrt(moments[i].var + static_cast<double>(eps));
    float* values = &array.values[at(s, n, c, 0, 0)];
    for (std::int64_t p = 0; p < s.h * s.w; ++p) {
      values[p] = static_cast<float>((values[p] - moments[i].mean) * inverse * scale + offset);
    }
  }
}

void record(const std::vector<MeanVar>& from, Moments* to) {
  for (const MeanVar& m : from) {
    to->mean.push_back(static_cast<float>(m.mean));
    to->var.push_back(static_cast<float>(m.var));
  }
}

}  // namespace

Array batch_norm(const ir::BatchNorm& op, const Array& src, const Weights& weights) {
  std::vector<MeanVar> moments;
  for (std::size_t c = 0; c < weights.running_mean.size(); ++c) {
    moments.push_back({weights.running_mean[c], weights.running_var[c]});
  }
  Array dst = src;
  for (std::int64_t n = 0; n < src.shape.n; ++n) normalise(dst, n, moments, op.eps, weights);
  return dst;
}

Array instance_norm(const ir::InstanceNorm& op, const Array& src, const Weights& weights, Moments* moments) {
  const ir::Shape& s = src.shape;
  Array dst = src;
  for (std::int64_t n = 0; n < s.n; ++n) {
    std::vector<MeanVar> seen;
    for (std::int64_t c = 0; c < s.c; ++c) {
      seen.push_back(mean_var({&src.values[at(s, n, c, 0, 0)], static_cast<std::size_t>(s.h * s.w)}));
    }
    normalise(dst, n, seen, op.eps, weights);
    if (n == 0 && moments != nullptr) record(seen, moments);
  }
  return dst;
}

Array layer_norm(const ir::LayerNorm& op, const Array& src, const Weights& weights, Moments* moments) {
  const ir::Shape& s = src.shape;
  Array dst = src;
  for (std::int64_t n = 0; n < s.n; ++n) {
    const MeanVar whole = mean_var({&src.values[at(s, n, 0, 0, 0)], static_cast<std::size_t>(s.c * s.h * s.w)});
    const std::vector<MeanVar> seen(static_cast<std::size_t>(s.c), whole);
    normalise(dst, n, seen, op.eps, weights);
    if (n == 0 && moments != nullptr) record(seen, moments);
  }
  return dst;
}

}  // namespace genga::ref
