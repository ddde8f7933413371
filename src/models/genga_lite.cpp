// Our own generator: local (no whole-image statistics), so that a tile equals the whole image.
//
// Most layers run at 1/4 and 1/8 of the size, where one position stands for 16 to 64 pixels; the pixel-unshuffle stem
// never computes at full size. Residual branches are halved, which keeps activations bounded without normalization.
// Nearest upsampling followed by a convolution leaves no checkerboard. All convolutions are 3x3 and biased; they pad by
// reflection, or the network would know the border by its zeros and paint a frame there.
#include <string>

#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

NodeId conv3(Net& net, const std::string& name, NodeId src, int out, int stride = 1) {
  return net.conv(name, src,
                  {.out = out, .kernel = 3, .stride = stride, .pad = all_sides(1), .pad_mode = ir::PadMode::kReflect});
}

/// src + 0.5 * conv(lrelu(conv(src)))
NodeId res_block(Net& net, const std::string& name, NodeId src, int channels) {
  NodeId y = net.lrelu(conv3(net, name + "a", src, channels));
  y = net.affine(conv3(net, name + "b", y, channels), 0.5F, 0);
  return net.add(src, y);
}

/// n of them, prefix1, prefix2, ...
NodeId res_blocks(Net& net, const std::string& prefix, NodeId src, int channels, int n) {
  NodeId x = src;
  for (int i = 1; i <= n; ++i) x = res_block(net, prefix + std::to_string(i), x, channels);
  return x;
}

}  // namespace

ir::Graph genga_lite(const GengaLiteOptions& options) {
  const int c2 = options.width;      // channels at 1/2
  const int c4 = 2 * options.width;  // at 1/4
  const int c8 = 3 * options.width;  // at 1/8
  Net net(ir::Input{.channels = 3});
  NodeId x = net.unshuffle2(net.input());                              // [N,12,H/2,W/2]
  const NodeId half = net.lrelu(conv3(net, "stem", x, c2));            // [N,32,H/2,W/2]
  const NodeId quarter = net.lrelu(conv3(net, "down4", half, c4, 2));  // [N,64,H/4,W/4]
  x = net.lrelu(conv3(net, "down8", quarter, c8, 2));                  // [N,96,H/8,W/8]
  x = res_blocks(net, "res8_", x, c8, options.blocks_8);               // [N,96,H/8,W/8]
  x = net.up2(x, ir::UpsampleMode::kNearest);                          // [N,96,H/4,W/4]
  x = net.add(quarter, net.lrelu(conv3(net, "up4", x, c4)));           // [N,64,H/4,W/4]
  x = res_blocks(net, "res4_", x, c4, options.blocks_4);               // [N,64,H/4,W/4]
  x = net.up2(x, ir::UpsampleMode::kNearest);                          // [N,64,H/2,W/2]
  x = net.add(half, net.lrelu(conv3(net, "up2", x, c2)));              // [N,32,H/2,W/2]
  x = res_blocks(net, "res2_", x, c2, options.blocks_2);               // [N,32,H/2,W/2]
  x = net.shuffle2(conv3(net, "out", x, 12));                          // [N,3,H,W]
  x = net.tanh(x);
  if (options.color_units == 0) return net.finish(x);
  // Every pixel by itself: convolutions alone learn steps of light slowly, and blur them.
  const NodeId units = net.tanh(net.conv("color_a", x, {.out = options.color_units, .kernel = 1}));
  return net.finish(net.add(x, net.conv("color_b", units, {.out = 3, .kernel = 1})));
}

ir::Graph genga_live(int width) {
  return genga_lite({.width = width, .blocks_8 = 2, .blocks_4 = 1, .blocks_2 = 0});
}

}  // namespace genga::models
