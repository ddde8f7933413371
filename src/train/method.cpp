#include "train/method.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "genga/base.h"
#include "genga/error.h"
#include "train/methods/animegan.h"
#include "train/methods/animegan_v2.h"
#include "train/methods/animegan_v3.h"
#include "train/methods/autoencoder_gan.h"
#include "train/methods/cartoongan.h"
#include "train/methods/cut.h"
#include "train/methods/cyclegan.h"
#include "train/methods/dcgan.h"
#include "train/methods/deligan.h"
#include "train/methods/genga.h"
#include "train/methods/seed_gan.h"
#include "train/methods/ugatit_light.h"
#include "train/methods/whitebox.h"
#include "train/filter_target/filter_target.h"

namespace genga::train {
namespace {

const std::array kMethods{
    MethodRow{.name = "genga",
              .summary = "small local generator; painted filter target first, then patch discriminators",
              .source_text = "this project, docs/styles/pepper.md",
              .needs = {.photo_margin = kTargetMargin, .style_smooth = true},
              .crop_multiple = 8,
              .fields = "width discriminator_width adversarial w_adversarial_color w_adversarial_grey d_smooth w_target "
                        "w_gradient w_flat w_low w_content w_strokes perceptual anchor FilterTarget",
              .make = make_genga},
    MethodRow{.name = "cyclegan",
              .summary = "two generators, there and back again; learns from few kinds of images, keeps shapes",
              .source_text = "Zhu et al., ICCV 2017, arXiv 1703.10593",
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_discriminator w_cycle w_identity",
              .make = make_cyclegan},
    MethodRow{.name = "cut",
              .summary = "one generator, held to the photo by contrasting its patches",
              .source_text = "Park et al., ECCV 2020, arXiv 2007.15651",
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_discriminator w_nce w_identity",
              .make = make_cut},
    MethodRow{.name = "fastcut",
              .summary = "CUT without its identity term, mirrored at random: half the time and memory",
              .source_text = "Park et al., ECCV 2020, arXiv 2007.15651, section 4",
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_discriminator w_nce w_identity",
              .make = make_fastcut},
    MethodRow{.name = "ugatit_light",
              .summary = "CycleGAN with attention and AdaLIN, for faces; slow",
              .source_text = "Kim et al., ICLR 2020, arXiv 1907.10830",
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_discriminator w_cycle w_identity w_cam",
              .make = make_ugatit_light},
    MethodRow{.name = "cartoongan",
              .summary = "residual generator; cartoons with blurred contours as negatives make it draw lines",
              .source_text = "Chen, Lai and Liu, CVPR 2018",
              .needs = {.style_smooth = true},
              .fields = "width discriminator_width perceptual adversarial label_real w_penalty r1_gamma r1_every "
                        "w_adversarial w_content d_real d_fake d_smooth",
              .make = make_cartoongan},
    MethodRow{.name = "animegan",
              .summary = "strokes from grey images, colors from the photo",
              .source_text = "Chen, Liu and Chen 2019; TachibanaYoshino/AnimeGAN",
              .needs = {.style_smooth = true},
              .fields = "width discriminator_width perceptual adversarial label_real w_penalty r1_gamma r1_every "
                        "w_adversarial w_discriminator w_content w_style w_color w_tv d_real d_grey d_fake d_smooth",
              .make = make_animegan},
    MethodRow{
        .name = "animegan_v2",
        .summary = "AnimeGAN with layer norm, half the size, no speckles; three style presets and a lite generator",
        .source_text = "TachibanaYoshino/AnimeGANv2",
        .needs = {.style_smooth = true},
        .crop_multiple = 8,
        .fields = "width discriminator_width lite perceptual adversarial label_real w_penalty r1_gamma r1_every "
                  "w_adversarial w_discriminator w_content w_style w_color w_tv d_real d_grey d_fake d_smooth",
        .make = make_animegan_v2},
    MethodRow{.name = "animegan_v3",
              .summary = "two tails, one learns from filtered images of the other; small and fast networks",
              .source_text = "Liu, Chen and Chen 2024; TachibanaYoshino/AnimeGANv3",
              .needs = {.style_smooth = true, .photo_segments = true},
              .crop_multiple = 8,
              .fields =
                  "width discriminator_width perceptual label_real w_adversarial w_content w_style w_style_middle "
                  "w_style_fine w_color w_tv w_region w_region_photo w_main w_revised w_revised_content d_real "
                  "d_fake d_smooth smooth_salt denoise denoise_window flatness region_px",
              .make = make_animegan_v3},
    MethodRow{.name = "whitebox",
              .summary = "flat surfaces, superpixels and texture judged one by one; tiles exactly, no speckles",
              .source_text = "Wang and Yu, CVPR 2020",
              .crop_multiple = 8,
              .fields = "width discriminator_width perceptual adversarial label_real w_penalty r1_gamma r1_every "
                        "w_discriminator w_surface w_texture w_structure w_content w_tv",
              .make = make_whitebox},
    MethodRow{.name = "autoencoder_gan",
              .summary = "photo and style images through one code; all that is drawn went through it",
              .source_text = "the article this project began with",
              .crop_multiple = 8,
              .fields = "width discriminator_width adversarial label_real w_penalty r1_gamma r1_every w_adversarial "
                        "w_reconstruction w_identity",
              .make = make_autoencoder_gan},
    MethodRow{.name = "seed_gan",
              .summary = "images from noise; dense layer, few convolutions",
              .source_text = "the article this project began with",
              .source = Source::kNoise,
              .needs = {.photo = false},
              .crop_multiple = 64,
              .fields = "width discriminator_width latent adversarial balance discriminator_steps label_real w_penalty r1_gamma "
                        "r1_every",
              .make = make_seed_gan},
    MethodRow{.name = "dcgan",
              .summary = "images from noise; strided convolutions, for thousands of images",
              .source_text = "Radford et al. 2015, arXiv 1511.06434",
              .source = Source::kNoise,
              .needs = {.photo = false},
              .crop_multiple = 64,
              .fields = "width discriminator_width latent adversarial balance discriminator_steps label_real w_penalty r1_gamma "
                        "r1_every",
              .make = make_dcgan},
    MethodRow{.name = "deligan",
              .summary = "images from a learnt mixture of Gaussians; for some hundred images",
              .source_text = "Gurumurthy et al., CVPR 2017, arXiv 1706.02071",
              .source = Source::kNoise,
              .needs = {.photo = false},
              .crop_multiple = 64,
              .fields = "width discriminator_width latent adversarial balance discriminator_steps label_real w_penalty r1_gamma "
                        "r1_every components w_sigma",
              .make = make_deligan},
};

/// Groups whose fields belong to methods; all others concern every run.
bool is_own(std::string_view group) {
  return group == "Networks" || group == "Losses" || group == "FilterTarget";
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    if (words.substr(0, space) == word) return true;
    words = space == std::string_view::npos ? std::string_view{} : words.substr(space + 1);
  }
  return false;
}

bool reads(const MethodRow& method, const Field& field) {
  return !is_own(field.group) || has_word(method.fields, field.name) || has_word(method.fields, field.group);
}

}  // namespace

bool all_finite(const Terms& terms) {
  return std::ranges::all_of(terms, [](const auto& term) { return std::isfinite(term.second); });
}

std::span<const MethodRow> methods() {
  return kMethods;
}

const MethodRow& find_method(std::string_view name) {
  std::vector<std::string> names;
  for (const MethodRow& row : kMethods) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  fail(ErrorCode::kNotFound, "method: '{}' is not known{}; genga-train methods lists them", name,
       did_you_mean(name, names));
}

void check_fields(const RunConfig& config, const MethodRow& method) {
  static const RunConfig defaults;
  for (const Field& field : fields()) {
    if (reads(method, field) || value_text(config, field) == value_text(defaults, field)) continue;
    fail(ErrorCode::kInvalidArgument, "{}: is set to {}, but method '{}' has no use for it; leave it out", field.name,
         value_text(config, field), method.name);
  }
}

std::vector<MethodInfo> list_methods() {
  std::vector<MethodInfo> list;
  for (const MethodRow& row : kMethods) {
    MethodInfo info{row.name, row.summary, row.source_text, row.source == Source::kNoise, {}};
    for (const Field& field : fields()) {
      if (is_own(field.group) && reads(row, field)) info.fields.emplace_back(field.name);
    }
    list.push_back(std::move(info));
  }
  return list;
}

}  // namespace genga::train
