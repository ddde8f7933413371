// The statistics that whole-image norms use, computed from their sources.
#include "torchengine/statistics.h"

#include "genga/overloaded.h"
#include "torchnet/convert.h"

namespace genga::torchengine {
namespace {

struct Moments {
  at::Tensor mean, var;  // [C]
};

/// Of every channel, or over all channels and repeated for each.
Moments moments_of(const at::Tensor& src, bool whole, bool unbiased = false) {
  const at::Tensor rows = whole ? src.reshape({1, -1}) : src.reshape({src.size(1), -1});
  const auto n = static_cast<double>(rows.size(1));
  const at::Tensor mean = rows.mean(1, /*keepdim=*/true);
  const at::Tensor var = (rows - mean).square().mean(1) * (unbiased ? n / (n - 1) : 1.0);
  return {mean.flatten().expand({src.size(1)}), var.expand({src.size(1)})};
}

/// Source: AnimeGANv3, tools/ops.py external_attention_v3: the softmax over pixels of the memory's similarities.
at::Tensor log_sums(const at::Tensor& src, const at::Tensor& memory) {
  const at::Tensor pixels = src.reshape({src.size(1), -1}).t();  // [P,C]
  return pixels.matmul(memory.to(at::kFloat)).logsumexp(0);
}

}  // namespace

void record_statistics(const ir::Node& node, std::span<const at::Tensor> src, const at::Tensor& weight,
                       weights::NormStatistics& statistics) {
  const auto keep = [&](const char* suffix, const at::Tensor& values) {
    statistics.values[node.name + suffix] = torchnet::from_torch(values.flatten()).to_f32();
  };
  const auto keep_moments = [&](const char* mean, const char* var, const Moments& moments) {
    keep(mean, moments.mean);
    keep(var, moments.var);
  };
  const auto keep_mix = [&](bool unbiased) {
    keep_moments(".mean", ".var", moments_of(src[0], false, unbiased));
    keep_moments(".layer_mean", ".layer_var", moments_of(src[0], true, unbiased));
  };
  std::visit(overloaded{
                 [&](const ir::InstanceNorm&) { keep_moments(".mean", ".var", moments_of(src[0], false)); },
                 [&](const ir::LayerNorm&) { keep_moments(".mean", ".var", moments_of(src[0], true)); },
                 [&](const ir::Lade&) {
                   keep_moments(".mean", ".var", moments_of(src[0], false));
                   keep_moments(".target_mean", ".target_var", moments_of(src[1], false));
                 },
                 [&](const ir::Lin& op) { keep_mix(op.unbiased); },
                 [&](const ir::AdaLin& op) {
                   keep_mix(op.unbiased);
                   keep(".gamma", src[1]);
                   keep(".beta", src[2]);
                 },
                 [&](const ir::ExternalAttention& op) {
                   if (!op.stored) keep(".log_sum", log_sums(src[0], weight));
                 },
                 [](const auto&) {},
             },
             node.op);
}

}  // namespace genga::torchengine
