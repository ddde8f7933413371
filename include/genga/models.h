// Networks by name: pure functions from options to ir::Graph. No weights, no training.
// Parameter counts are checked against the published ones (src/models/models_test.cpp).
#pragma once

#include <span>
#include <string_view>

#include "genga/graph.h"

namespace genga::models {

/// Our own local generator; layer table in src/models/genga_lite.cpp.
struct GengaLiteOptions {
  int width = 32;  // channels at half resolution; 64 at a quarter and 96 at an eighth scale with it
};
ir::Graph genga_lite(const GengaLiteOptions& options = {});

ir::Graph animegan_v2(ir::UpsampleMode upsample = ir::UpsampleMode::kAsymmetric);  // 2,143,552 parameters
ir::Graph animegan_v2_lite();                                                      //   698,240
ir::Graph whitebox();                                                              // 1,467,075
ir::Graph cartoongan();                                                            // 11,129,667
ir::Graph dcgan_generator(int size_px = 64);                                       // 3,576,704 at 64
ir::Graph dcgan_discriminator(int size_px = 64);                                   // 2,765,568 at 64

/// Patch discriminator for the genga method: `channels` source channels (3 colour, 1 grey), logits out, no norms
/// (the trainer adds spectral norm).
ir::Graph patch_discriminator(int channels, int width = 32);

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
