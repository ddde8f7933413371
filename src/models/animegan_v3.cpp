// AnimeGANv3, a double-tail GAN. Source: Liu, Chen and Chen 2024 (DTGAN); TachibanaYoshino/AnimeGANv3, net/generator.py
// and net/discriminator.py. The support tail learns the style, the main tail learns from its filtered images; both
// read the same base. Users run base and main tail.
#include "genga/models.h"
#include "models/cla.h"

namespace genga::models {
namespace {

constexpr auto kUp = ir::UpsampleMode::kAsymmetric;

struct Base {
  NodeId x0, x1, x2, x3;
};

/// External attention with one memory for keys and values (algorithms.md 7.2).
NodeId attention(Net& net, const std::string& name, NodeId src, int channels) {
  const ir::Conv2d pointwise{.out = channels, .kernel = 1, .bias = false};
  NodeId y = net.conv(name + "_q", src, pointwise);
  y = net.layer(name + "_ea", ir::ExternalAttention{.memory = channels}, {y});
  y = net.conv(name + "_out", y, pointwise);
  y = net.layer(name + "_bn", ir::BatchNorm{.eps = 1e-3F}, {y});
  return net.lrelu(net.add(src, y));
}

/// One tail; its image is the node `name`.
NodeId tail(Net& net, const std::string& name, const Base& base, int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width;
  NodeId x = attention(net, name + "_attention", base.x3, c4);            // [N,128,H/8,W/8]
  x = cla(net, name + "_up2a", net.up2(x, kUp), {.out = c4});             // [N,128,H/4,W/4]
  x = cla(net, name + "_up2b", net.add(base.x2, x), {.out = c4});         // [N,128,H/4,W/4]
  x = cla(net, name + "_up1a", net.up2(x, kUp), {.out = c2});             // [N,64,H/2,W/2]
  x = cla(net, name + "_up1b", net.add(base.x1, x), {.out = c2});         // [N,64,H/2,W/2]
  x = cla(net, name + "_up0a", net.up2(x, kUp), {.out = c1});             // [N,32,H,W]
  x = cla(net, name + "_up0b", net.add(base.x0, x), {.out = c1});         // [N,32,H,W]
  x = net.conv(name + "_out", x, reflect_conv({.kernel = 7, .out = 3}));  // [N,3,H,W]
  return net.layer(name, ir::Activation{.kind = ir::ActivationKind::kTanh}, {x});
}

}  // namespace

ir::Graph animegan_v3(int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width;
  Net net(ir::Input{.channels = 3});
  Base base{};
  base.x0 = cla(net, "base0", net.input(), {.kernel = 7, .out = c1});  // [N,32,H,W]
  NodeId x = cla(net, "base1a", base.x0, {.out = c1, .stride = 2});    // [N,32,H/2,W/2]
  base.x1 = cla(net, "base1b", x, {.out = c2});                        // [N,64,H/2,W/2]
  x = cla(net, "base2a", base.x1, {.out = c2, .stride = 2});           // [N,64,H/4,W/4]
  base.x2 = cla(net, "base2b", x, {.out = c4});                        // [N,128,H/4,W/4]
  x = cla(net, "base3a", base.x2, {.out = c4, .stride = 2});           // [N,128,H/8,W/8]
  base.x3 = cla(net, "base3b", x, {.out = c4});                        // [N,128,H/8,W/8]
  tail(net, "support", base, width);
  return net.finish(tail(net, "main", base, width));
}

ir::Graph animegan_v3_discriminator(int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width, c8 = 8 * width;
  Net net(ir::Input{.channels = 3});
  NodeId x = net.lrelu(net.conv("conv0", net.input(), reflect_conv({.kernel = 7, .out = c1})));  // [N,32,H,W]
  x = cla(net, "conv1a", x, {.out = c1, .stride = 2});                                           // [N,32,H/2,W/2]
  x = cla(net, "conv1b", x, {.out = c2});                                                        // [N,64,H/2,W/2]
  x = cla(net, "conv2a", x, {.out = c2, .stride = 2});                                           // [N,64,H/4,W/4]
  x = cla(net, "conv2b", x, {.out = c4});                                                        // [N,128,H/4,W/4]
  x = cla(net, "conv3a", x, {.out = c4, .stride = 2});                                           // [N,128,H/8,W/8]
  x = cla(net, "conv3b", x, {.out = c8});                                                        // [N,256,H/8,W/8]
  return net.finish(net.conv("logits", x, {.out = 1, .kernel = 1, .bias = false}));              // [N,1,H/8,W/8]
}

}  // namespace genga::models
