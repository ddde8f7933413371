// White-box cartoonization: U-Net without normalization, then a guided filter with the photo as guide.
// Source: SystemErrorWang/White-box-Cartoonization, test_code/network.py and guided_filter.py (CVPR 2020).
// Filter: radius 1, eps 5e-3 as in the authors' test code (training used 1e-2), on values -1..1. Images are BGR.
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

NodeId conv_lrelu(Net& net, const std::string& name, NodeId src, int out, int stride = 1) {
  const ir::Pad pad = stride == 2 ? kBottomRight : all_sides(1);
  return net.lrelu(net.conv(name, src, {.out = out, .kernel = 3, .stride = stride, .pad = pad}));
}

NodeId res_block(Net& net, const std::string& name, NodeId src, int channels) {
  const NodeId y = conv_lrelu(net, name + "a", src, channels);
  return net.add(src, net.conv(name + "b", y, {.out = channels, .kernel = 3, .pad = all_sides(1)}));
}

}  // namespace

ir::Graph whitebox(int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width;
  constexpr auto kUp = ir::UpsampleMode::kAsymmetric;
  Net net(ir::Input{.channels = 3});
  const NodeId x0 =
      net.lrelu(net.conv("enc0", net.input(), {.out = c1, .kernel = 7, .pad = all_sides(3)}));  // [N,32,H,W]
  NodeId x = conv_lrelu(net, "enc1a", x0, c1, 2);                                               // [N,32,H/2,W/2]
  const NodeId x1 = conv_lrelu(net, "enc1b", x, c2);                                            // [N,64,H/2,W/2]
  x = conv_lrelu(net, "enc2a", x1, c2, 2);                                                      // [N,64,H/4,W/4]
  x = conv_lrelu(net, "enc2b", x, c4);                                                          // [N,128,H/4,W/4]
  x = res_block(net, "res1", x, c4);                                                            // [N,128,H/4,W/4]
  x = res_block(net, "res2", x, c4);                                                            // [N,128,H/4,W/4]
  x = res_block(net, "res3", x, c4);                                                            // [N,128,H/4,W/4]
  x = res_block(net, "res4", x, c4);                                                            // [N,128,H/4,W/4]
  x = conv_lrelu(net, "dec2", x, c2);                                                           // [N,64,H/4,W/4]
  x = net.add(x1, net.up2(x, kUp));                                                             // [N,64,H/2,W/2]
  x = conv_lrelu(net, "dec1a", x, c2);                                                          // [N,64,H/2,W/2]
  x = conv_lrelu(net, "dec1b", x, c1);                                                          // [N,32,H/2,W/2]
  x = net.add(x0, net.up2(x, kUp));                                                             // [N,32,H,W]
  x = conv_lrelu(net, "dec0", x, c1);                                                           // [N,32,H,W]
  x = net.conv("out", x, {.out = 3, .kernel = 7, .pad = all_sides(3)});                         // [N,3,H,W]
  return net.finish(net.guided_filter(net.input(), x, {.radius = 1, .eps = 5e-3F}));
}

}  // namespace genga::models
