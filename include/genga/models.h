// Networks by name: pure functions from options to ir::Graph. No weights, no training.
// Parameter counts are checked against the published ones (src/models/models_test.cpp).
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "genga/graph.h"

namespace genga::models {

// Images are [N,3,H,W] in [-1,1] and generators end in tanh unless their file says otherwise. `width` scales every
// layer; the default is the published one, and only it has the published number of parameters. Sizes that do not fit
// throw Error: kInvalidArgument, as do options out of range.

// ---- ours ----

/// Our own local generator; layer table in src/models/genga_lite.cpp.
struct GengaLiteOptions {
  int width = 32;       // channels at half resolution; 64 at a quarter and 96 at an eighth scale with it
  int color_units = 0;  // of a map from color to color at the end, for styles whose colors come in steps; 0: none. With
                        // it, values may leave [-1,1] a little
  int blocks_8 = 4, blocks_4 = 3, blocks_2 = 1;  // residual blocks at an eighth, a quarter and half of the size
};
ir::Graph genga_lite(const GengaLiteOptions& options = {});
/// A seventh of its cost, for video and cameras: what method distil trains.
ir::Graph genga_live(int width = 16);
/// Patch discriminator for the genga method: `channels` source channels (3 color, 1 grey), logits out, no norms
/// (the trainer adds spectral norm).
ir::Graph patch_discriminator(int channels, int width = 32);

// ---- noise to image ----

struct DcganOptions {
  int size_px = 64;     // 64, 128 or 256
  int width = 64;       // channels at half of the image's size
  int latent = 100;     // generator only: numbers of noise
  bool logits = false;  // discriminator only: without the final sigmoid, as the losses want it
};
ir::Graph dcgan_generator(const DcganOptions& options = {});      // noise [N,latent,1,1]; 3,576,704 parameters at 64 px
ir::Graph dcgan_discriminator(const DcganOptions& options = {});  // [N,1,1,1]; 2,765,568 at 64 px

/// DeLiGAN: noise [N,latent+components,1,1], normal numbers and the component's weights (ir::GaussianMixture), then
/// DCGAN's generator. The discriminator is dcgan_discriminator.
struct DeliganOptions {
  int size_px = 64;
  int width = 64;
  int latent = 100;
  int components = 50;
};
ir::Graph deligan_generator(const DeliganOptions& options = {});

/// The generator and discriminator this project began with, made to work; layer tables in src/models/seed_gan.cpp.
struct SeedGanOptions {
  int size_px = 64;  // 64, 128 or 256
  int width = 128;   // channels at 8 and 16 px
  int latent = 100;
};
ir::Graph seed_gan_generator(const SeedGanOptions& options = {});      // noise [N,latent,1,1]
ir::Graph seed_gan_discriminator(const SeedGanOptions& options = {});  // logits [N,1,1,1]

// ---- image to image ----

ir::Graph autoencoder(int width = 32);  // x^ = D(E(x)); sides multiples of 8; node "code" is E(x)

ir::Graph animegan(int width = 64);                // v1, 3,956,096 parameters; sides multiples of 4
ir::Graph animegan_discriminator(int width = 32);  // 1,128,800; logits [N,1,H/4,W/4] (the trainer adds spectral norm)

ir::Graph animegan_v2(ir::UpsampleMode upsample = ir::UpsampleMode::kAsymmetric, int width = 32);  // 2,143,552
ir::Graph animegan_v2_lite(int width = 32);                                                        //   698,240
ir::Graph animegan_v2_discriminator(int width = 32);                                               // 1,128,800

/// The training graph with both tails: node "support" is the support tail's image, "main" (the output) the main
/// tail's. 1,557,792 parameters; ir::subgraph(graph, graph.find("main")) is what users run, 1,027,520.
ir::Graph animegan_v3(int width = 32);
ir::Graph animegan_v3_discriminator(int width = 32);  // 693,088; logits [N,1,H/8,W/8]

/// BGR 0..255 in, 0..1 out as the published weights want it; node "deconv03.tanh" is in [-1,1]. 11,129,667 parameters.
ir::Graph cartoongan(int width = 64);
ir::Graph cartoongan_discriminator(int width = 32);  // 1,129,665; logits [N,1,H/4,W/4]

/// Node "out" is the U-Net's image before the guided filter. 1,467,075 parameters.
ir::Graph whitebox(int width = 32);
ir::Graph whitebox_discriminator(int channels, int width = 32);  // 3: 287,137; 1: 286,561; logits [N,1,H/8,W/8]

/// Generator of CycleGAN and, with anti_alias, of CUT. 11,378,179 parameters with 9 blocks; sides multiples of 4.
struct ResnetOptions {
  int blocks = 9;  // 6 below 256 px
  int width = 64;
  bool anti_alias = false;  // blur before subsampling, bilinear enlargement
};
ir::Graph resnet_generator(const ResnetOptions& options = {});
/// Nodes of resnet_generator whose features PatchNCE compares (CUT, section 3.2): 3, 2w, 4w, 4w, 4w channels.
inline constexpr std::array<std::string_view, 5> kPatchNceTaps{"x", "down1", "down2", "res1.add", "res5.add"};

/// PatchGAN of 70x70 pixels; 2,764,737 parameters; logits, [N,1,30,30] for 256 px.
struct PatchganOptions {
  int width = 64;
  bool anti_alias = false;  // CUT's: blur before subsampling
};
ir::Graph patchgan_discriminator(const PatchganOptions& options = {});

/// CUT's projection of a tap's features at sampled places: [N,channels,P,1] -> [N,width,P,1], not yet of unit length.
/// The five of a full-width generator have 560,384 parameters together.
ir::Graph patch_nce_mlp(int channels, int width = 256);

/// U-GAT-IT light, 10,589,888 parameters; sides multiples of 4. Node "cam_source" is the map x that attention looks at,
/// "cam_average" and "cam_max" are x * w with w learnt for the average- and the max-pooled logit.
ir::Graph ugatit_light(int width = 64);
/// One logit per patch; the same three CAM nodes. Local: 3 halvings, 3,290,560 parameters, sides of at least 24
/// px; global: 5, 53,130,176, sides of at least 96 px. The trainer adds spectral norm to all but node "cam".
enum class UgatitScope { kLocal, kGlobal };
ir::Graph ugatit_discriminator(UgatitScope scope, int width = 64);

// ---- features to compare images by; what their input must be is in the card of their weights ----

ir::Graph vgg19(int width = 64);  // to conv4_4, 10,585,152 parameters; nodes "conv1_1" ... "conv4_4" are before ReLU
/// SqueezeNet v1.0 to fire9, 735,424 parameters; nodes "fire2" ... "fire9" are the modules' outputs, and a weight is
/// the published array `<node>_w` or `<node>_b`.
ir::Graph squeezenet();

// ---- by name ----

struct ModelRow {
  std::string_view name;
  std::string_view title;
  std::string_view source;  // paper or repository
  ir::Graph (*build)();
};
std::span<const ModelRow> model_table();
/// Throws Error: kNotFound with the nearest name.
const ModelRow& find_model(std::string_view name);

}  // namespace genga::models
