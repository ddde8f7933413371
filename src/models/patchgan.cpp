// PatchGAN: one logit per overlapping patch of 70x70 pixels. Source: Isola et al., CVPR 2017, arXiv 1611.07004;
// CycleGAN's and (anti-aliased) CUT's discriminator, models/networks.py of their repositories. Instance norm without
// weights.
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {

ir::Graph patchgan_discriminator(const PatchganOptions& options) {
  const int c1 = options.width;
  Net net(ir::Input{.channels = 3});
  const auto conv = [&](const std::string& name, NodeId src, int out, int stride) {
    return net.conv(name, src, {.out = out, .kernel = 4, .stride = stride, .pad = all_sides(1)});
  };
  const int stride = options.anti_alias ? 1 : 2;
  const auto halved = [&](NodeId src) { return options.anti_alias ? net.blur2(src) : src; };
  NodeId x = halved(net.lrelu(conv("conv1", net.input(), c1, stride)));              // [N,64,H/2,W/2]
  x = halved(net.lrelu(net.plain_instance_norm(conv("conv2", x, 2 * c1, stride))));  // [N,128,H/4,W/4]
  x = halved(net.lrelu(net.plain_instance_norm(conv("conv3", x, 4 * c1, stride))));  // [N,256,H/8,W/8]
  x = net.lrelu(net.plain_instance_norm(conv("conv4", x, 8 * c1, 1)));               // [N,512,31,31]
  return net.finish(conv("logits", x, 1, 1));                                        // [N,1,30,30]
}

}  // namespace genga::models
