// DCGAN. Source: Radford et al. 2015, arXiv 1511.06434; pytorch/examples, dcgan/main.py (64 px).
// 128 and 256 px: one more stage per doubling, twice the channels at the deepest, at most 1024.
#include <algorithm>

#include "genga/error.h"
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

constexpr int kBase = 64;  // channels at half of the picture's size

void check_size(int size_px) {
  if (size_px != 64 && size_px != 128 && size_px != 256) {
    fail(ErrorCode::kInvalidArgument, "dcgan: size is {} px, expected 64, 128 or 256", size_px);
  }
}

int channels_at(int size_px, int side_px) {
  return std::min(kBase * (size_px / 2) / side_px, 1024);
}

std::string at(const char* what, int side_px) {
  return what + std::to_string(side_px);
}

}  // namespace

ir::Graph dcgan_generator(int size_px) {
  check_size(size_px);
  Net net(ir::Input{.channels = 100, .height = 1, .width = 1});
  NodeId x = net.conv_transpose(
      "up4", net.input(),
      {.out = channels_at(size_px, 4), .kernel = 4, .stride = 1, .pad = 0, .bias = false});  // [N,512,4,4] at 64 px
  x = net.relu(net.batch_norm("up4_bn", x));
  for (int side = 8; side < size_px; side *= 2) {
    x = net.conv_transpose(at("up", side), x,
                           {.out = channels_at(size_px, side), .bias = false});  // [N,64*size/2/side,side,side]
    x = net.relu(net.batch_norm(at("up", side) + "_bn", x));
  }
  x = net.conv_transpose(at("up", size_px), x, {.out = 3, .bias = false});  // [N,3,size,size]
  return net.finish(net.tanh(x));
}

ir::Graph dcgan_discriminator(int size_px) {
  check_size(size_px);
  const auto halve = [](int out) {
    return ir::Conv2d{.out = out, .kernel = 4, .stride = 2, .pad = all_sides(1), .bias = false};
  };
  Net net(ir::Input{.channels = 3, .height = size_px, .width = size_px});
  NodeId x = net.lrelu(net.conv(at("down", size_px / 2), net.input(), halve(kBase)));  // [N,64,size/2,size/2]
  for (int side = size_px / 4; side >= 4; side /= 2) {
    x = net.conv(at("down", side), x, halve(channels_at(size_px, side)));  // [N,64*size/2/side,side,side]
    x = net.lrelu(net.batch_norm(at("down", side) + "_bn", x));
  }
  x = net.conv("out", x, {.out = 1, .kernel = 4, .bias = false});  // [N,1,1,1]
  return net.finish(net.sigmoid(x));
}

}  // namespace genga::models
