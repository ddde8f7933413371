// CartoonGAN generator in the layout of the published weights.
// Source: Chen et al., CVPR 2018; mnicnc404/CartoonGan-tensorflow, style_transfer/cartoongan/cartoongan.py.
// Images are BGR 0..255 in and 0..1 out (algorithms.md T11). The authors divide by (std + 1e-9); eps 1e-9 under the
// root differs from that only where a channel is constant over the whole image.
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

constexpr float kEps = 1e-9F;

NodeId conv(Net& net, const std::string& name, NodeId src, int out, int kernel, int stride = 1) {
  return net.conv(name, src,
                  {.out = out,
                   .kernel = kernel,
                   .stride = stride,
                   .pad = all_sides(kernel / 2),
                   .pad_mode = ir::PadMode::kReflect});
}

NodeId norm_relu(Net& net, const std::string& name, NodeId src) {
  return net.relu(net.instance_norm(name, src, kEps));
}

NodeId res_block(Net& net, const std::string& name, NodeId src, int channels) {
  const NodeId y = norm_relu(net, name + "_in1", conv(net, name + "_1", src, channels, 3));
  return net.add(src, net.instance_norm(name + "_in2", conv(net, name + "_2", y, channels, 3), kEps));
}

NodeId enlarge(Net& net, const std::string& name, NodeId src, int out) {
  const NodeId y =
      net.conv_transpose(name + "_1", src, {.out = out, .kernel = 3, .stride = 2, .pad = 1, .output_pad = 1});
  return norm_relu(net, name + "_in", conv(net, name + "_2", y, out, 3));
}

}  // namespace

ir::Graph cartoongan(int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width;
  Net net(ir::Input{.channels = 3});
  NodeId x = norm_relu(net, "conv01_in", conv(net, "conv01", net.input(), c1, 7));  // [N,64,H,W]
  x = conv(net, "conv02_1", x, c2, 3, 2);                                           // [N,128,H/2,W/2]
  x = norm_relu(net, "conv02_in", conv(net, "conv02_2", x, c2, 3));                 // [N,128,H/2,W/2]
  x = conv(net, "conv03_1", x, c4, 3, 2);                                           // [N,256,H/4,W/4]
  x = norm_relu(net, "conv03_in", conv(net, "conv03_2", x, c4, 3));                 // [N,256,H/4,W/4]
  for (int i = 4; i <= 11; ++i) {
    x = res_block(net, i < 10 ? "conv0" + std::to_string(i) : "conv" + std::to_string(i), x, c4);  // [N,256,H/4,W/4]
  }
  x = enlarge(net, "deconv01", x, c2);  // [N,128,H/2,W/2]
  x = enlarge(net, "deconv02", x, c1);  // [N,64,H,W]
  x = conv(net, "deconv03", x, 3, 7);   // [N,3,H,W]
  return net.finish(net.affine(net.tanh(x), 0.5F, 0.5F));
}

}  // namespace genga::models
