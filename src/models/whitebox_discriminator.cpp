// White-box cartoonization's patch discriminator, used twice: on guided-filtered color (surface) and on one random mix
// of the colors (texture). Source: SystemErrorWang/White-box-Cartoonization, train_code/network.py, disc_sn (CVPR
// 2020).
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {

ir::Graph whitebox_discriminator(int channels, int width) {
  Net net(ir::Input{.channels = channels});
  const auto conv = [&](const std::string& name, NodeId src, int out, int stride) {
    const ir::Pad pad = stride == 2 ? kBottomRight : all_sides(1);
    return net.lrelu(net.conv(name, src, {.out = out, .kernel = 3, .stride = stride, .pad = pad}));
  };
  NodeId x = conv("conv1a", net.input(), width, 2);                   // [N,32,H/2,W/2]
  x = conv("conv1b", x, width, 1);                                    // [N,32,H/2,W/2]
  x = conv("conv2a", x, 2 * width, 2);                                // [N,64,H/4,W/4]
  x = conv("conv2b", x, 2 * width, 1);                                // [N,64,H/4,W/4]
  x = conv("conv3a", x, 4 * width, 2);                                // [N,128,H/8,W/8]
  x = conv("conv3b", x, 4 * width, 1);                                // [N,128,H/8,W/8]
  return net.finish(net.conv("logits", x, {.out = 1, .kernel = 1}));  // [N,1,H/8,W/8]
}

}  // namespace genga::models
