// The networks of the article this project began with:
//   generator: dense 128*8*8 - batch norm - ReLU - reshape 8x8x128 - transposed conv k5 s2 128 - conv k5 3 - tanh;
//   discriminator: conv k3 s2 128 - batch norm - leaky ReLU - flatten - dense 1 - sigmoid.
// As printed they give 16x16 images, two linear layers stand in a row (transposed conv, conv), and the discriminator
// looks at 3x3 patches before one dense layer. Here the transposed convolution is repeated until the image's size is
// reached, the convolution of the discriminator until 8x8 is left, and batch norm and the non-linearity follow each.
// The discriminator's first layer has no batch norm (Radford et al. 2015, section 3: it makes the samples oscillate).
// Layers before a batch norm have no bias, which it would cancel; the sigmoid is part of the loss.
#include <algorithm>

#include "genga/models.h"
#include "models/dcgan_stages.h"

namespace genga::models {
namespace {

constexpr int kStart = 8;  // px

std::string at(const char* what, int side_px) {
  return what + std::to_string(side_px);
}

}  // namespace

ir::Graph seed_gan_generator(const SeedGanOptions& options) {
  check_noise_size("seed_gan", options.size_px);
  const int start = options.width;  // channels; halved with every doubling from 16 px on, down to a quarter
  const auto channels_at = [&](int side_px) { return std::max(start * 2 * kStart / side_px, (start + 3) / 4); };
  Net net(ir::Input{.channels = options.latent, .height = 1, .width = 1});
  NodeId x = net.linear("dense", net.input(), {.out = start * kStart * kStart, .bias = false});  // [N,8192,1,1]
  x = net.relu(net.batch_norm("dense_bn", x));                                                   // [N,8192,1,1]
  x = net.reshape(x, {.channels = start, .height = kStart, .width = kStart});                    // [N,128,8,8]
  for (int side = 2 * kStart; side <= options.size_px; side *= 2) {
    x = net.conv_transpose(
        at("up", side), x,
        {.out = channels_at(side), .kernel = 5, .stride = 2, .pad = 2, .output_pad = 1, .bias = false});
    x = net.relu(net.batch_norm(at("up", side) + "_bn", x));  // [N,128,16,16], [N,64,32,32], [N,32,64,64] ...
  }
  x = net.conv("out", x, {.out = 3, .kernel = 5, .pad = all_sides(2)});  // [N,3,size,size]
  return net.finish(net.tanh(x));
}

ir::Graph seed_gan_discriminator(const SeedGanOptions& options) {
  check_noise_size("seed_gan", options.size_px);
  const auto halve = [](int out, bool bias) {
    return ir::Conv2d{.out = out, .kernel = 3, .stride = 2, .pad = kBottomRight, .bias = bias};
  };
  Net net(ir::Input{.channels = 3, .height = options.size_px, .width = options.size_px});
  int side = options.size_px / 2;
  int channels = options.width / 2;
  NodeId x = net.lrelu(net.conv(at("down", side), net.input(), halve(channels, true)));  // [N,64,size/2,size/2]
  for (side /= 2; side >= kStart; side /= 2) {
    channels = std::min(2 * channels, 2 * options.width);
    x = net.conv(at("down", side), x, halve(channels, false));
    x = net.lrelu(net.batch_norm(at("down", side) + "_bn", x));  // [N,128,size/4,size/4] ... [N,256,8,8]
  }
  return net.finish(net.linear("logits", x, {.out = 1}));  // [N,1,1,1]
}

}  // namespace genga::models
