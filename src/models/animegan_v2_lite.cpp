// AnimeGANv2 Lite generator: a U-Net of additions. Source: TachibanaYoshino/AnimeGANv2, net/generator_lite.py (2020).
// Differs from the authors' code: LayerNorm eps is 1e-5, not 1e-12 (the same in f32).
#include "genga/models.h"
#include "models/cll.h"

namespace genga::models {
namespace {

/// src + 1x1(CLL3(CLL1(src))), with a quarter of the channels inside.
NodeId bottleneck(Net& net, const std::string& name, NodeId src, int channels) {
  NodeId y = cll(net, name + "_a", src, {.kernel = 1, .out = channels / 4});
  y = cll(net, name + "_b", y, {.kernel = 3, .out = channels / 4});
  return net.add(src, net.conv(name + "_c", y, {.out = channels, .kernel = 1, .bias = false}));
}

}  // namespace

ir::Graph animegan_v2_lite(int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width;
  constexpr auto kUp = ir::UpsampleMode::kAsymmetric;
  Net net(ir::Input{.channels = 3});
  const NodeId x0 = cll(net, "enc0", net.input(), {.kernel = 7, .out = c1});  // [N,32,H,W]
  NodeId x = cll(net, "enc1a", x0, {.kernel = 3, .out = c1, .stride = 2});    // [N,32,H/2,W/2]
  const NodeId x1 = cll(net, "enc1b", x, {.kernel = 3, .out = c2});           // [N,64,H/2,W/2]
  x = cll(net, "enc2a", x1, {.kernel = 3, .out = c2, .stride = 2});           // [N,64,H/4,W/4]
  const NodeId x2 = cll(net, "enc2b", x, {.kernel = 3, .out = c4});           // [N,128,H/4,W/4]
  x = cll(net, "enc3a", x2, {.kernel = 3, .out = c2, .stride = 2});           // [N,64,H/8,W/8]
  x = cll(net, "enc3b", x, {.kernel = 3, .out = c4});                         // [N,128,H/8,W/8]
  x = bottleneck(net, "res1", x, c4);                                         // [N,128,H/8,W/8]
  x = bottleneck(net, "res2", x, c4);                                         // [N,128,H/8,W/8]
  x = bottleneck(net, "res3", x, c4);                                         // [N,128,H/8,W/8]
  x = bottleneck(net, "res4", x, c4);                                         // [N,128,H/8,W/8]
  x = cll(net, "dec2a", net.up2(x, kUp), {.kernel = 3, .out = c4});           // [N,128,H/4,W/4]
  x = cll(net, "dec2b", net.add(x2, x), {.kernel = 3, .out = c2});            // [N,64,H/4,W/4]
  x = cll(net, "dec1a", net.up2(x, kUp), {.kernel = 3, .out = c2});           // [N,64,H/2,W/2]
  x = cll(net, "dec1b", net.add(x1, x), {.kernel = 3, .out = c1});            // [N,32,H/2,W/2]
  x = cll(net, "dec0a", net.up2(x, kUp), {.kernel = 3, .out = c1});           // [N,32,H,W]
  x = cll(net, "dec0b", net.add(x0, x), {.kernel = 7, .out = c1});            // [N,32,H,W]
  x = net.conv("out", x, {.out = 3, .kernel = 1, .bias = false});             // [N,3,H,W]
  return net.finish(net.tanh(x));
}

}  // namespace genga::models
