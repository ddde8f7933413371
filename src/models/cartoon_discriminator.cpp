// One layout, three papers: the discriminators of CartoonGAN, AnimeGAN and AnimeGANv2, one logit per 4x4 pixels.
// Sources: Chen, Lai and Liu, CVPR 2018, figure 2; TachibanaYoshino/AnimeGAN and AnimeGANv2, net/discriminator.py.
// They differ in norm, bias and the sides that the strided convolutions pad (algorithms.md T5).
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

struct Layout {
  bool layer_norm = false;  // else instance norm
  bool bias = false;
  ir::Pad stride2_pad = kTopLeft;
};

ir::Graph cartoon_discriminator(int width, const Layout& layout) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width, c8 = 8 * width;
  Net net(ir::Input{.channels = 3});
  const auto conv = [&](const std::string& name, NodeId src, int out, int stride = 1) {
    const ir::Pad pad = stride == 2 ? layout.stride2_pad : all_sides(1);
    return net.conv(name, src, {.out = out, .kernel = 3, .stride = stride, .pad = pad, .bias = layout.bias});
  };
  const auto norm = [&](const std::string& name, NodeId src) {
    constexpr float kEps = 1e-5F;
    return layout.layer_norm ? net.layer_norm(name + "_ln", src, kEps) : net.instance_norm(name + "_in", src, kEps);
  };
  NodeId x = net.lrelu(conv("conv1", net.input(), c1));  // [N,32,H,W]
  x = net.lrelu(conv("conv2", x, c2, 2));                // [N,64,H/2,W/2]
  x = net.lrelu(norm("conv3", conv("conv3", x, c4)));    // [N,128,H/2,W/2]
  x = net.lrelu(conv("conv4", x, c4, 2));                // [N,128,H/4,W/4]
  x = net.lrelu(norm("conv5", conv("conv5", x, c8)));    // [N,256,H/4,W/4]
  x = net.lrelu(norm("conv6", conv("conv6", x, c8)));    // [N,256,H/4,W/4]
  return net.finish(conv("logits", x, 1));               // [N,1,H/4,W/4]
}

}  // namespace

ir::Graph cartoongan_discriminator(int width) {
  return cartoon_discriminator(width, {.bias = true, .stride2_pad = all_sides(1)});
}

ir::Graph animegan_discriminator(int width) {
  return cartoon_discriminator(width, {});
}

ir::Graph animegan_v2_discriminator(int width) {
  return cartoon_discriminator(width, {.layer_norm = true});
}

}  // namespace genga::models
