// AnimeGANv2 generator. Source: TachibanaYoshino/AnimeGANv2, net/generator.py (2020).
// Differs from the authors' code: LayerNorm eps is 1e-5 as in the PyTorch port, not 1e-12 (the same in f32).
// `upsample`: asymmetric for the TensorFlow weights, align_corners for the port's (algorithms.md T1).
#include "genga/models.h"
#include "models/cll.h"

namespace genga::models {
namespace {

/// Inverted residual: 1x1 to `wide`, depthwise 3x3 (the only biased layer), 1x1 to `out`.
NodeId inverted(Net& net, const std::string& name, NodeId src, int wide, int out) {
  NodeId y = cll(net, name + "_expand", src, {.kernel = 1, .out = wide});
  y = net.conv(name + "_depthwise", y,
               {.out = wide, .kernel = 3, .pad = all_sides(1), .pad_mode = ir::PadMode::kReflect, .groups = wide});
  y = net.lrelu(net.layer_norm(name + "_depthwise_ln", y, kLayerNormEps));
  y = net.conv(name + "_project", y, {.out = out, .kernel = 1, .bias = false});
  return net.layer_norm(name + "_project_ln", y, kLayerNormEps);
}

}  // namespace

ir::Graph animegan_v2(ir::UpsampleMode upsample, int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width, c8 = 8 * width;
  Net net(ir::Input{.channels = 3});
  NodeId x = cll(net, "a1", net.input(), {.kernel = 7, .out = c1});    // [N,32,H,W]
  x = cll(net, "a2", x, {.kernel = 3, .out = c2, .stride = 2});        // [N,64,H/2,W/2]
  x = cll(net, "a3", x, {.kernel = 3, .out = c2});                     // [N,64,H/2,W/2]
  x = cll(net, "b1", x, {.kernel = 3, .out = c4, .stride = 2});        // [N,128,H/4,W/4]
  x = cll(net, "b2", x, {.kernel = 3, .out = c4});                     // [N,128,H/4,W/4]
  x = cll(net, "c1", x, {.kernel = 3, .out = c4});                     // [N,128,H/4,W/4]
  x = inverted(net, "c2", x, c8, c8);                                  // [N,256,H/4,W/4]
  x = net.add(x, inverted(net, "c3", x, 2 * c8, c8));                  // [N,256,H/4,W/4]
  x = net.add(x, inverted(net, "c4", x, 2 * c8, c8));                  // [N,256,H/4,W/4]
  x = net.add(x, inverted(net, "c5", x, 2 * c8, c8));                  // [N,256,H/4,W/4]
  x = cll(net, "c6", x, {.kernel = 3, .out = c4});                     // [N,128,H/4,W/4]
  x = cll(net, "d1", net.up2(x, upsample), {.kernel = 3, .out = c4});  // [N,128,H/2,W/2]
  x = cll(net, "d2", x, {.kernel = 3, .out = c4});                     // [N,128,H/2,W/2]
  x = cll(net, "e1", net.up2(x, upsample), {.kernel = 3, .out = c2});  // [N,64,H,W]
  x = cll(net, "e2", x, {.kernel = 3, .out = c2});                     // [N,64,H,W]
  x = cll(net, "e3", x, {.kernel = 7, .out = c1});                     // [N,32,H,W]
  x = net.conv("out", x, {.out = 3, .kernel = 1, .bias = false});      // [N,3,H,W]
  return net.finish(net.tanh(x));
}

}  // namespace genga::models
