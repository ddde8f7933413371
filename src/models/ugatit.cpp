// U-GAT-IT, light version. Source: Kim et al., ICLR 2020, arXiv 1907.10830; znxlwm/UGATIT-pytorch, networks.py. No
// convolution bias where a norm follows. Attention: two class activation maps (CAM), each the features x times the
// weights of a classifier that tells the two domains apart from pooled x; the trainer computes the classifier's logits
// from the maps (the pool of a map's channel sum), so the graph itself needs no classifier.
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

ir::Conv2d reflect_conv(int out, int kernel, int stride = 1) {
  return {.out = out,
          .kernel = kernel,
          .stride = stride,
          .pad = all_sides(kernel / 2),
          .pad_mode = ir::PadMode::kReflect,
          .bias = false};
}

NodeId norm_relu(Net& net, NodeId src) {
  return net.relu(net.plain_instance_norm(src));
}

NodeId res_block(Net& net, const std::string& name, NodeId src, int channels, const std::string& sum_name) {
  NodeId y = norm_relu(net, net.conv(name + "a", src, reflect_conv(channels, 3)));
  y = net.plain_instance_norm(net.conv(name + "b", y, reflect_conv(channels, 3)));
  return net.layer(sum_name, ir::Add{}, {src, y});
}

/// Both maps side by side, mixed by a 1x1 convolution: [N,C,h,w] -> [N,C,h,w].
NodeId attention(Net& net, NodeId src, int channels) {
  const NodeId average = net.layer("cam_average", ir::ChannelScale{}, {src});
  const NodeId max = net.layer("cam_max", ir::ChannelScale{}, {src});
  return net.conv("cam", net.concat(average, max), {.out = channels, .kernel = 1});
}

struct Style {
  NodeId gamma, beta;
};

/// What AdaLIN scales and shifts by; from the channels' means, which makes the light version fit any size.
Style style_of(Net& net, NodeId src, int channels) {
  const ir::Linear op{.out = channels, .bias = false};
  NodeId y = net.relu(net.linear("style1", net.global_average(src), op));  // [N,256,1,1]
  y = net.relu(net.linear("style2", y, op));                               // [N,256,1,1]
  return {net.linear("gamma", y, op), net.linear("beta", y, op)};
}

NodeId ada_lin_block(Net& net, const std::string& name, NodeId src, int channels, const Style& style) {
  NodeId y = net.conv(name + "a", src, reflect_conv(channels, 3));
  y = net.relu(net.layer(name + "a_adalin", ir::AdaLin{}, {y, style.gamma, style.beta}));
  y = net.conv(name + "b", y, reflect_conv(channels, 3));
  y = net.layer(name + "b_adalin", ir::AdaLin{}, {y, style.gamma, style.beta});
  return net.layer(name + ".add", ir::Add{}, {src, y});
}

NodeId enlarge(Net& net, const std::string& name, NodeId src, int out) {
  const NodeId y = net.conv(name, net.up2(src, ir::UpsampleMode::kNearest), reflect_conv(out, 3));
  return net.relu(net.layer(name + "_lin", ir::Lin{}, {y}));
}

}  // namespace

ir::Graph ugatit_light(int width) {
  const int c1 = width, c2 = 2 * width, c4 = 4 * width;
  Net net(ir::Input{.channels = 3});
  NodeId x = norm_relu(net, net.conv("stem", net.input(), reflect_conv(c1, 7)));  // [N,64,H,W]
  x = norm_relu(net, net.conv("down1", x, reflect_conv(c2, 3, 2)));               // [N,128,H/2,W/2]
  x = norm_relu(net, net.conv("down2", x, reflect_conv(c4, 3, 2)));               // [N,256,H/4,W/4]
  x = res_block(net, "res1", x, c4, "res1.add");                                  // [N,256,H/4,W/4]
  x = res_block(net, "res2", x, c4, "res2.add");                                  // [N,256,H/4,W/4]
  x = res_block(net, "res3", x, c4, "res3.add");                                  // [N,256,H/4,W/4]
  x = res_block(net, "res4", x, c4, "cam_source");                                // [N,256,H/4,W/4]
  x = net.relu(attention(net, x, c4));                                            // [N,256,H/4,W/4]
  const Style style = style_of(net, x, c4);
  for (int i = 1; i <= 4; ++i) {
    x = ada_lin_block(net, "ada" + std::to_string(i), x, c4, style);  // [N,256,H/4,W/4]
  }
  x = enlarge(net, "up1", x, c2);              // [N,128,H/2,W/2]
  x = enlarge(net, "up2", x, c1);              // [N,64,H,W]
  x = net.conv("out", x, reflect_conv(3, 7));  // [N,3,H,W]
  return net.finish(net.tanh(x));
}

ir::Graph ugatit_discriminator(UgatitScope scope, int width) {
  const int n_strided = scope == UgatitScope::kGlobal ? 5 : 3;
  const auto conv = [](int out, int stride, bool bias) {
    return ir::Conv2d{.out = out,
                      .kernel = 4,
                      .stride = stride,
                      .pad = all_sides(1),
                      .pad_mode = ir::PadMode::kReflect,
                      .bias = bias};
  };
  const auto lrelu = ir::Activation{.kind = ir::ActivationKind::kLeakyRelu, .slope = 0.2F};
  Net net(ir::Input{.channels = 3});
  NodeId x = net.input();
  int channels = width;
  for (int i = 1; i <= n_strided; ++i) {
    x = net.lrelu(net.conv("conv" + std::to_string(i), x, conv(channels, 2, true)));  // [N,64*2^(i-1),H/2^i,W/2^i]
    channels *= 2;
  }
  x = net.conv("conv" + std::to_string(n_strided + 1), x, conv(channels, 1, true));  // local [N,512,H/8-1,W/8-1]
  x = net.layer("cam_source", lrelu, {x});                                           // global [N,2048,H/32-1,W/32-1]
  x = net.lrelu(attention(net, x, channels));
  return net.finish(net.conv("logits", x, conv(1, 1, false)));  // local [N,1,H/8-2,W/8-2], global [N,1,H/32-2,W/32-2]
}

}  // namespace genga::models
