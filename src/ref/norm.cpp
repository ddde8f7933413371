// Norms: with stored statistics (batch norm), and with those of the image (the others), which can be recorded.

#include <cmath>
#include <span>

#include "ref/ops.h"

namespace genga::ref {
namespace {

/// Of a group of numbers; var is divided by the count, or by one less where a norm says so.
struct MeanVar {
  double mean = 0;
  double var = 0;
};

MeanVar mean_var(std::span<const float> values, bool unbiased = false) {
  MeanVar result;
  for (const float v : values) result.mean += v;
  result.mean /= static_cast<double>(values.size());
  for (const float v : values) result.var += (v - result.mean) * (v - result.mean);
  result.var /= static_cast<double>(values.size() - (unbiased ? 1 : 0));
  return result;
}

std::vector<MeanVar> per_channel(const Array& src, std::int64_t n, bool unbiased = false) {
  const ir::Shape& s = src.shape;
  std::vector<MeanVar> seen;
  for (std::int64_t c = 0; c < s.c; ++c) {
    seen.push_back(mean_var({&src.values[at(s, n, c, 0, 0)], static_cast<std::size_t>(s.h * s.w)}, unbiased));
  }
  return seen;
}

/// One mean and variance for all channels, repeated.
std::vector<MeanVar> per_image(const Array& src, std::int64_t n, bool unbiased = false) {
  const ir::Shape& s = src.shape;
  const MeanVar whole = mean_var({&src.values[at(s, n, 0, 0, 0)], static_cast<std::size_t>(s.c * s.h * s.w)}, unbiased);
  return std::vector<MeanVar>(static_cast<std::size_t>(s.c), whole);
}

double normal(double x, const MeanVar& moments, float eps) {
  return (x - moments.mean) / std::sqrt(moments.var + static_cast<double>(eps));
}

/// Replaces every number x of image n and channel c by rule(c, x).
template <class Rule>
void for_each_in(Array& array, std::int64_t n, const Rule& rule) {
  const ir::Shape& s = array.shape;
  for (std::int64_t c = 0; c < s.c; ++c) {
    float* values = &array.values[at(s, n, c, 0, 0)];
    for (std::int64_t p = 0; p < s.h * s.w; ++p) {
      values[p] = static_cast<float>(rule(static_cast<std::size_t>(c), static_cast<double>(values[p])));
    }
  }
}

/// Normalizes every channel of image n. Batch, instance and layer norm differ only in where `moments` come from.
void normalize(Array& array, std::int64_t n, const std::vector<MeanVar>& moments, float eps, const Weights& weights) {
  for_each_in(array, n, [&](std::size_t c, double x) {
    const double scale = weights.weight.empty() ? 1.0 : weights.weight[c];
    const double offset = weights.bias.empty() ? 0.0 : weights.bias[c];
    return normal(x, moments[c], eps) * scale + offset;
  });
}

void record(const Recorder& recorder, const std::vector<MeanVar>& from, const char* mean_name, const char* var_name) {
  std::vector<double> mean, var;
  for (const MeanVar& m : from) {
    mean.push_back(m.mean);
    var.push_back(m.var);
  }
  recorder.add(mean_name, mean);
  recorder.add(var_name, var);
}

/// U-GAT-IT's equation 1. gamma and beta: of every channel of an image, [N*C].
template <class At>
Array layer_instance_norm(const Array& src, float eps, bool unbiased, const std::vector<float>& rho,
                          const Recorder& recorder, const At& gamma_beta) {
  Array dst = src;
  for (std::int64_t n = 0; n < src.shape.n; ++n) {
    const std::vector<MeanVar> instance = per_channel(src, n, unbiased);
    const std::vector<MeanVar> layer = per_image(src, n, unbiased);
    for_each_in(dst, n, [&](std::size_t c, double x) {
      const double weight = rho[c];
      const auto [gamma, beta] = gamma_beta(n, c);
      return (weight * normal(x, instance[c], eps) + (1 - weight) * normal(x, layer[c], eps)) * gamma + beta;
    });
    if (n > 0) continue;
    record(recorder, instance, ".mean", ".var");
    record(recorder, layer, ".layer_mean", ".layer_var");
  }
  return dst;
}

}  // namespace

void Recorder::add(const char* suffix, const std::vector<double>& values) const {
  if (statistics == nullptr) return;
  statistics->values[node + suffix] = std::vector<float>(values.begin(), values.end());
}

Array batch_norm(const ir::BatchNorm& op, const Array& src, const Weights& weights) {
  std::vector<MeanVar> moments;
  for (std::size_t c = 0; c < weights.running_mean.size(); ++c) {
    moments.push_back({weights.running_mean[c], weights.running_var[c]});
  }
  Array dst = src;
  for (std::int64_t n = 0; n < src.shape.n; ++n) normalize(dst, n, moments, op.eps, weights);
  return dst;
}

Array instance_norm(const ir::InstanceNorm& op, const Array& src, const Weights& weights, const Recorder& recorder) {
  Array dst = src;
  for (std::int64_t n = 0; n < src.shape.n; ++n) {
    const std::vector<MeanVar> seen = per_channel(src, n);
    normalize(dst, n, seen, op.eps, weights);
    if (n == 0) record(recorder, seen, ".mean", ".var");
  }
  return dst;
}

Array layer_norm(const ir::LayerNorm& op, const Array& src, const Weights& weights, const Recorder& recorder) {
  Array dst = src;
  for (std::int64_t n = 0; n < src.shape.n; ++n) {
    const std::vector<MeanVar> seen = per_image(src, n);
    normalize(dst, n, seen, op.eps, weights);
    if (n == 0) record(recorder, seen, ".mean", ".var");
  }
  return dst;
}

Array lade(const ir::Lade& op, const Array& src, const Array& target, const Recorder& recorder) {
  Array dst = src;
  for (std::int64_t n = 0; n < src.shape.n; ++n) {
    const std::vector<MeanVar> seen = per_channel(src, n);
    const std::vector<MeanVar> wanted = per_channel(target, n);
    for_each_in(dst, n, [&](std::size_t c, double x) {
      return normal(x, seen[c], op.eps) * std::sqrt(wanted[c].var + static_cast<double>(op.eps)) + wanted[c].mean;
    });
    if (n > 0) continue;
    record(recorder, seen, ".mean", ".var");
    record(recorder, wanted, ".target_mean", ".target_var");
  }
  return dst;
}

Array lin(const ir::Lin& op, const Array& src, const Weights& weights, const Recorder& recorder) {
  return layer_instance_norm(src, op.eps, op.unbiased, weights.rho, recorder, [&](std::int64_t, std::size_t c) {
    return std::pair<double, double>(weights.weight[c], weights.bias[c]);
  });
}

Array ada_lin(const ir::AdaLin& op, const std::vector<const Array*>& src, const Weights& weights,
              const Recorder& recorder) {
  const Array& gamma = *src[1];
  const Array& beta = *src[2];
  const auto n_channels = static_cast<std::ptrdiff_t>(src[0]->shape.c);
  recorder.add(".gamma", {gamma.values.begin(), gamma.values.begin() + n_channels});
  recorder.add(".beta", {beta.values.begin(), beta.values.begin() + n_channels});
  return layer_instance_norm(*src[0], op.eps, op.unbiased, weights.rho, recorder, [&](std::int64_t n, std::size_t c) {
    const std::size_t i = at(gamma.shape, n, static_cast<std::int64_t>(c), 0, 0);
    return std::pair<double, double>(gamma.values[i], beta.values[i]);
  });
}

}  // namespace genga::ref
