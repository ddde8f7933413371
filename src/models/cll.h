// AnimeGANv2's block: convolution without bias, LayerNorm, leaky ReLU. Shared by the full and the lite generator.
#pragma once

#include <string>

#include "models/net.h"

namespace genga::models {

inline constexpr float kLayerNormEps = 1e-5F;

struct CllOptions {
  int kernel = 3;
  int out = 0;
  int stride = 1;
};

/// Reflect pad of kernel/2 on all sides; with stride 2 one pixel at bottom and right only (algorithms.md T5).
inline NodeId cll(Net& net, const std::string& name, NodeId src, const CllOptions& options) {
  const ir::Pad pad = options.stride == 2 ? kBottomRight : all_sides(options.kernel / 2);
  const NodeId y = net.conv(name, src,
                            {.out = options.out,
                             .kernel = options.kernel,
                             .stride = options.stride,
                             .pad = pad,
                             .pad_mode = ir::PadMode::kReflect,
                             .bias = false});
  return net.lrelu(net.layer_norm(name + "_ln", y, kLayerNormEps));
}

}  // namespace genga::models
