// x^ = D(E(x)), the image-to-image generator of the article this project began with: a convolutional encoder to an
// eighth of the size and its mirror image. No skip connections: all that is drawn went through the code. Batch norm,
// the article's norm, is local once trained, so tiles are exact. Nearest enlargement leaves no checkerboard.
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

NodeId block(Net& net, const std::string& name, NodeId src, const ir::Conv2d& op) {
  return net.lrelu(net.batch_norm(name + "_bn", net.conv(name, src, op)));
}

ir::Conv2d same(int out) {
  return {.out = out, .kernel = 3, .pad = all_sides(1), .bias = false};
}

ir::Conv2d halve(int out) {
  return {.out = out, .kernel = 4, .stride = 2, .pad = all_sides(1), .bias = false};
}

}  // namespace

ir::Graph autoencoder(int width) {
  constexpr auto kUp = ir::UpsampleMode::kNearest;
  const int c1 = width, c2 = 2 * width, c4 = 4 * width, c8 = 8 * width;
  Net net(ir::Input{.channels = 3});
  NodeId x = block(net, "enc1", net.input(), same(c1));                    // [N,32,H,W]
  x = block(net, "enc2", x, halve(c2));                                    // [N,64,H/2,W/2]
  x = block(net, "enc4", x, halve(c4));                                    // [N,128,H/4,W/4]
  x = block(net, "enc8", x, halve(c8));                                    // [N,256,H/8,W/8]
  x = net.conv("code", x, {.out = c4, .kernel = 3, .pad = all_sides(1)});  // [N,128,H/8,W/8], z = E(x)
  x = block(net, "dec8", x, same(c8));                                     // [N,256,H/8,W/8]
  x = block(net, "dec4", net.up2(x, kUp), same(c4));                       // [N,128,H/4,W/4]
  x = block(net, "dec2", net.up2(x, kUp), same(c2));                       // [N,64,H/2,W/2]
  x = block(net, "dec1", net.up2(x, kUp), same(c1));                       // [N,32,H,W]
  x = net.conv("out", x, {.out = 3, .kernel = 3, .pad = all_sides(1)});    // [N,3,H,W]
  return net.finish(net.tanh(x));
}

}  // namespace genga::models
