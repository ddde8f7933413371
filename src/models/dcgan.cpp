// DCGAN. Source: Radford et al. 2015, arXiv 1511.06434; pytorch/examples, dcgan/main.py (64 px).
// 128 and 256 px: one more stage per doubling, twice the channels at the deepest, at most 16 times the width.
#include <algorithm>

#include "genga/error.h"
#include "genga/models.h"
#include "models/dcgan_stages.h"

namespace genga::models {
namespace {

/// width at half of the image's size, doubling with every halving.
int channels_at(const DcganStages& stages, int side_px) {
  return stages.width * std::min(stages.size_px / 2 / side_px, 16);
}

std::string at(const char* what, int side_px) {
  return what + std::to_string(side_px);
}

}  // namespace

void check_noise_size(const char* network, int size_px) {
  if (size_px != 64 && size_px != 128 && size_px != 256) {
    fail(ErrorCode::kInvalidArgument, "{}: size is {} px, expected 64, 128 or 256", network, size_px);
  }
}

NodeId dcgan_stages(Net& net, NodeId noise, const DcganStages& stages) {
  NodeId x = net.conv_transpose("up4", noise,
                                {.out = channels_at(stages, 4), .kernel = 4, .stride = 1, .pad = 0, .bias = false});
  x = net.relu(net.batch_norm("up4_bn", x));  // [N,512,4,4] at 64 px
  for (int side = 8; side < stages.size_px; side *= 2) {
    x = net.conv_transpose(at("up", side), x, {.out = channels_at(stages, side), .bias = false});
    x = net.relu(net.batch_norm(at("up", side) + "_bn", x));  // [N,64*size/2/side,side,side]
  }
  x = net.conv_transpose(at("up", stages.size_px), x, {.out = 3, .bias = false});  // [N,3,size,size]
  return net.tanh(x);
}

ir::Graph dcgan_generator(const DcganOptions& options) {
  check_noise_size("dcgan", options.size_px);
  Net net(ir::Input{.channels = options.latent, .height = 1, .width = 1});
  return net.finish(dcgan_stages(net, net.input(), {options.size_px, options.width}));
}

ir::Graph dcgan_discriminator(const DcganOptions& options) {
  check_noise_size("dcgan", options.size_px);
  const int size = options.size_px;
  const auto halve = [](int out) {
    return ir::Conv2d{.out = out, .kernel = 4, .stride = 2, .pad = all_sides(1), .bias = false};
  };
  Net net(ir::Input{.channels = 3, .height = size, .width = size});
  NodeId x = net.lrelu(net.conv(at("down", size / 2), net.input(), halve(options.width)));  // [N,64,size/2,size/2]
  for (int side = size / 4; side >= 4; side /= 2) {
    x = net.conv(at("down", side), x, halve(channels_at({size, options.width}, side)));
    x = net.lrelu(net.batch_norm(at("down", side) + "_bn", x));  // [N,64*size/2/side,side,side]
  }
  x = net.conv("out", x, {.out = 1, .kernel = 4, .bias = false});  // [N,1,1,1]
  return net.finish(options.logits ? x : net.sigmoid(x));
}

}  // namespace genga::models
