// Discriminator of the genga method: one logit per 4x4 pixels, each judging a patch of 32x32. No norms: the trainer
// puts spectral norm on every convolution, which needs no statistics and kept the trials stable.
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {

ir::Graph patch_discriminator(int channels, int width) {
  const auto same = [](int out) { return ir::Conv2d{.out = out, .kernel = 3, .pad = all_sides(1)}; };
  const auto halve = [](int out) { return ir::Conv2d{.out = out, .kernel = 4, .stride = 2, .pad = all_sides(1)}; };
  Net net(ir::Input{.channels = channels});
  NodeId x = net.lrelu(net.conv("conv1", net.input(), same(width)));  // [N,32,H,W]
  x = net.lrelu(net.conv("conv2", x, halve(2 * width)));              // [N,64,H/2,W/2]
  x = net.lrelu(net.conv("conv3", x, same(4 * width)));               // [N,128,H/2,W/2]
  x = net.lrelu(net.conv("conv4", x, halve(4 * width)));              // [N,128,H/4,W/4]
  x = net.lrelu(net.conv("conv5", x, same(8 * width)));               // [N,256,H/4,W/4]
  return net.finish(net.conv("logits", x, same(1)));                  // [N,1,H/4,W/4]
}

}  // namespace genga::models
