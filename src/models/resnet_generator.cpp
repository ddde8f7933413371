// The residual generator of CycleGAN and CUT. Sources: Zhu et al., ICCV 2017, arXiv 1703.10593; Park et al., ECCV 2020,
// arXiv 2007.15651; junyanz/pytorch-CycleGAN-and-pix2pix and taesungp/contrastive-unpaired-translation,
// models/networks.py. Convolutions have a bias although instance norm follows, as theirs; the norm has no weights.
// Anti-aliased (CUT): convolution at full size then blur, and bilinear enlargement then convolution, in place of
// strides.
#include "genga/error.h"
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

NodeId norm_relu(Net& net, NodeId src) {
  return net.relu(net.plain_instance_norm(src));
}

ir::Conv2d reflect_conv(int out, int kernel) {
  return {.out = out, .kernel = kernel, .pad = all_sides(kernel / 2), .pad_mode = ir::PadMode::kReflect};
}

NodeId halve(Net& net, const std::string& name, NodeId src, int out, bool anti_alias) {
  const int stride = anti_alias ? 1 : 2;
  const NodeId y =
      norm_relu(net, net.conv(name, src, {.out = out, .kernel = 3, .stride = stride, .pad = all_sides(1)}));
  return anti_alias ? net.blur2(y) : y;
}

NodeId enlarge(Net& net, const std::string& name, NodeId src, int out, bool anti_alias) {
  if (!anti_alias) {
    return norm_relu(net,
                     net.conv_transpose(name, src, {.out = out, .kernel = 3, .stride = 2, .pad = 1, .output_pad = 1}));
  }
  // CUT's transposed [1,3,3,1] filter with replicated border is half-pixel bilinear enlargement.
  const NodeId y = net.up2(src, ir::UpsampleMode::kHalfPixel);
  return norm_relu(net, net.conv(name, y, {.out = out, .kernel = 3, .pad = all_sides(1)}));
}

/// The sum is the node "<name>.add".
NodeId res_block(Net& net, const std::string& name, NodeId src, int channels) {
  NodeId y = norm_relu(net, net.conv(name + "a", src, reflect_conv(channels, 3)));
  y = net.plain_instance_norm(net.conv(name + "b", y, reflect_conv(channels, 3)));
  return net.layer(name + ".add", ir::Add{}, {src, y});
}

}  // namespace

ir::Graph resnet_generator(const ResnetOptions& options) {
  if (options.blocks < 5) {  // PatchNCE's last tap is behind the fifth
    fail(ErrorCode::kInvalidArgument, "resnet: blocks is {}, expected at least 5", options.blocks);
  }
  const int c1 = options.width, c2 = 2 * c1, c4 = 4 * c1;
  Net net(ir::Input{.channels = 3});
  NodeId x = norm_relu(net, net.conv("stem", net.input(), reflect_conv(c1, 7)));  // [N,64,H,W]
  x = halve(net, "down1", x, c2, options.anti_alias);                             // [N,128,H/2,W/2]
  x = halve(net, "down2", x, c4, options.anti_alias);                             // [N,256,H/4,W/4]
  for (int i = 1; i <= options.blocks; ++i) {
    x = res_block(net, "res" + std::to_string(i), x, c4);  // [N,256,H/4,W/4]
  }
  x = enlarge(net, "up1", x, c2, options.anti_alias);  // [N,128,H/2,W/2]
  x = enlarge(net, "up2", x, c1, options.anti_alias);  // [N,64,H,W]
  x = net.conv("out", x, reflect_conv(3, 7));          // [N,3,H,W]
  return net.finish(net.tanh(x));
}

ir::Graph patch_nce_mlp(int channels, int width) {
  Net net(ir::Input{.channels = channels});
  const NodeId x = net.relu(net.conv("mlp1", net.input(), {.out = width, .kernel = 1}));  // [N,256,P,1]
  return net.finish(net.conv("mlp2", x, {.out = width, .kernel = 1}));                    // [N,256,P,1]
}

}  // namespace genga::models
