// Small networks with random weights, and images, for the tests of this module.
#pragma once

#include <cmath>
#include <vector>

#include "genga/image.h"
#include "genga/transform.h"
#include "genga/weights.h"

namespace genga::stylize {

/// Halves twice, doubles twice, a skip: local, multiple 4; with norm: sees the whole image.
inline weights::Model small_net(bool norm = false, ir::PadMode pad_mode = ir::PadMode::kZero) {
  ir::Graph g;
  const auto conv = [&](const char* name, int out, int stride, ir::NodeId src) {
    return g.add(name, ir::Conv2d{.out = out, .stride = stride, .pad = {1, 1, 1, 1}, .pad_mode = pad_mode}, {src});
  };
  const auto lrelu = [&](const char* name, ir::NodeId src) {
    return g.add(name, ir::Activation{.kind = ir::ActivationKind::kLeakyRelu}, {src});
  };
  auto x = g.add("x", ir::Input{});
  const auto half = lrelu("a1", conv("c1", 8, 2, x));
  x = conv("c2", 12, 2, half);
  if (norm) x = g.add("norm", ir::InstanceNorm{}, {x});
  x = lrelu("a2", x);
  x = g.add("up1", ir::Upsample{}, {x});
  x = g.add("join", ir::Add{}, {half, lrelu("a3", conv("c3", 8, 1, x))});
  x = g.add("up2", ir::Upsample{.factor = 2, .mode = ir::UpsampleMode::kHalfPixel}, {x});
  x = conv("c4", 3, 1, x);
  g.set_output(g.add("tanh", ir::Activation{.kind = ir::ActivationKind::kTanh}, {x}));
  weights::Model model;
  model.tensors = transform::random_weights(g, 7);
  model.graph = std::move(g);
  model.card.name = "small";
  return model;
}

/// Output equals source.
inline weights::Model identity_net(weights::PixelFormat pixels = {}) {
  ir::Graph g;
  const auto x = g.add("x", ir::Input{});
  g.set_output(g.add("same", ir::Affine{.scale = 1}, {x}));
  weights::Model model;
  model.graph = std::move(g);
  model.card.pixels = pixels;
  return model;
}

inline image::Image test_image(int width, int height) {
  image::Image image{.width = width, .height = height, .rgb = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.rgb.push_back(static_cast<std::uint8_t>(128 + 100 * std::sin(x * 0.3 + y * 0.1)));
      image.rgb.push_back(static_cast<std::uint8_t>(x * 255 / width));
      image.rgb.push_back(static_cast<std::uint8_t>((x / 9 + y / 7) % 2 == 0 ? 40 : 210));
    }
  }
  return image;
}

}  // namespace genga::stylize
