// AnimeGAN generator, version 1. Source: Chen, Liu and Chen, ISICA 2019; TachibanaYoshino/AnimeGAN, net/generator.py.
// Nothing between the depthwise and the pointwise convolution (algorithms.md T4). The last enlargement has 128 channels
// as the code, not 64 as the paper's figure.
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

constexpr auto kUp = ir::UpsampleMode::kAsymmetric;

/// CNL: reflect-padded convolution, instance norm, leaky ReLU.
NodeId cnl(Net& net, const std::string& name, NodeId src, int kernel, int out) {
  const NodeId y = net.conv(
      name, src,
      {.out = out, .kernel = kernel, .pad = all_sides(kernel / 2), .pad_mode = ir::PadMode::kReflect, .bias = false});
  return net.lrelu(net.instance_norm(name + "_in", y, 1e-5F));
}

ir::Conv2d depthwise(int channels, int stride) {
  return {.out = channels,
          .kernel = 3,
          .stride = stride,
          .pad = stride == 2 ? kBottomRight : all_sides(1),
          .pad_mode = ir::PadMode::kReflect,
          .groups = channels,
          .bias = false};
}

struct Channels {
  int in = 0;
  int out = 0;
};

/// Sep: depthwise 3x3, pointwise, instance norm (eps 1e-6: T3), leaky ReLU.
NodeId sep(Net& net, const std::string& name, NodeId src, const Channels& c, int stride = 1) {
  NodeId y = net.conv(name + "_depthwise", src, depthwise(c.in, stride));
  y = net.conv(name, y, {.out = c.out, .kernel = 1, .bias = false});
  return net.lrelu(net.instance_norm(name + "_in", y, 1e-6F));
}

/// Halves the size twice and adds: a strided Sep, and every other pixel (TensorFlow's bilinear halving) then Sep.
NodeId down(Net& net, const std::string& name, NodeId src, const Channels& c) {
  const NodeId strided = sep(net, name + "_strided", src, c, 2);
  const NodeId half = net.pool(src, {.kind = ir::PoolKind::kAverage, .kernel = 1, .stride = 2});
  return net.add(strided, sep(net, name + "_resized", half, c));
}

/// IR: inverted residual, 256 -> 512 -> 256.
NodeId inverted(Net& net, const std::string& name, NodeId src, int channels) {
  NodeId y = cnl(net, name + "_expand", src, 1, 2 * channels);
  y = net.conv(name + "_depthwise", y, depthwise(2 * channels, 1));
  y = net.lrelu(net.instance_norm(name + "_depthwise_in", y, 1e-5F));
  y = net.conv(name + "_project", y, {.out = channels, .kernel = 1, .bias = false});
  return net.add(src, net.instance_norm(name + "_project_in", y, 1e-5F));
}

}  // namespace

ir::Graph animegan(int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width;
  Net net(ir::Input{.channels = 3});
  NodeId x = cnl(net, "b1_1", net.input(), 3, c1);  // [N,64,H,W]
  x = cnl(net, "b1_2", x, 3, c1);                   // [N,64,H,W]
  x = down(net, "b1_down", x, {c1, c2});            // [N,128,H/2,W/2]
  x = cnl(net, "b2_1", x, 3, c2);                   // [N,128,H/2,W/2]
  x = sep(net, "b2_2", x, {c2, c2});                // [N,128,H/2,W/2]
  x = down(net, "b2_down", x, {c2, c4});            // [N,256,H/4,W/4]
  x = cnl(net, "m_in", x, 3, c4);                   // [N,256,H/4,W/4]
  for (int i = 1; i <= 8; ++i) {
    x = inverted(net, "m" + std::to_string(i), x, c4);  // [N,256,H/4,W/4]
  }
  x = cnl(net, "m_out", x, 3, c4);                                 // [N,256,H/4,W/4]
  x = sep(net, "u2_up", net.up2(x, kUp), {c4, c2});                // [N,128,H/2,W/2]
  x = sep(net, "u2_1", x, {c2, c2});                               // [N,128,H/2,W/2]
  x = cnl(net, "u2_2", x, 3, c2);                                  // [N,128,H/2,W/2]
  x = sep(net, "u1_up", net.up2(x, kUp), {c2, c2});                // [N,128,H,W]
  x = cnl(net, "u1_1", x, 3, c1);                                  // [N,64,H,W]
  x = cnl(net, "u1_2", x, 3, c1);                                  // [N,64,H,W]
  x = net.conv("out", x, {.out = 3, .kernel = 1, .bias = false});  // [N,3,H,W]
  return net.finish(net.tanh(x));
}

}  // namespace genga::models
