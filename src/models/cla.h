// AnimeGANv3's block: convolution without bias, LADE, leaky ReLU. Shared by its generator and its discriminators.
#pragma once

#include <string>

#include "models/net.h"

namespace genga::models {

struct ClaOptions {
  int kernel = 3;
  int out = 0;
  int stride = 1;
};

inline ir::Conv2d reflect_conv(const ClaOptions& o) {
  return {.out = o.out,
          .kernel = o.kernel,
          .stride = o.stride,
          .pad = o.stride == 2 ? kTopLeft : all_sides(o.kernel / 2),
          .pad_mode = ir::PadMode::kReflect,
          .bias = false};
}

/// t = 1x1(y); y takes t's mean and variance in place of its own (algorithms.md 7.1).
inline NodeId cla(Net& net, const std::string& name, NodeId src, const ClaOptions& o) {
  const NodeId y = net.conv(name, src, reflect_conv(o));
  const NodeId t = net.conv(name + "_lade_t", y, {.out = o.out, .kernel = 1, .bias = false});
  return net.lrelu(net.layer(name + "_lade", ir::Lade{}, {y, t}));
}

}  // namespace genga::models
