// The networks that have a name. A new architecture is one file and one row here.
#include <array>
#include <string>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/models.h"

namespace genga::models {
namespace {

constexpr const char* kDcgan = "Radford, Metz and Chintala 2015, arXiv 1511.06434; github.com/pytorch/examples, dcgan";
constexpr const char* kArticle = "the article this project began with, made to work; src/models/seed_gan.cpp";
constexpr const char* kCartoonGan = "Chen, Lai and Liu, CVPR 2018; github.com/mnicnc404/CartoonGan-tensorflow";
constexpr const char* kAnimeGan = "Chen, Liu and Chen, ISICA 2019; github.com/TachibanaYoshino/AnimeGAN";
constexpr const char* kAnimeGanV3 = "Liu, Chen and Chen 2024; github.com/TachibanaYoshino/AnimeGANv3";
constexpr const char* kWhitebox = "Wang and Yu, CVPR 2020; github.com/SystemErrorWang/White-box-Cartoonization";
constexpr const char* kCycleGan =
    "Zhu, Park, Isola and Efros, ICCV 2017, arXiv 1703.10593; github.com/junyanz/pytorch-CycleGAN-and-pix2pix";
constexpr const char* kCut =
    "Park, Efros, Zhang and Zhu, ECCV 2020, arXiv 2007.15651; github.com/taesungp/contrastive-unpaired-translation";
constexpr const char* kUgatit = "Kim, Kim, Kang and Lee, ICLR 2020, arXiv 1907.10830; github.com/znxlwm/UGATIT-pytorch";

constexpr std::array kRows{
    ModelRow{"genga_color", "genga_lite with a map from color to color at the end",
             "this project, src/models/genga_lite.cpp", [] { return genga_lite({.color_units = 24}); }},
    ModelRow{"genga_lite", "Genga's own small local generator", "this project, src/models/genga_lite.cpp",
             [] { return genga_lite(); }},
    ModelRow{"genga_live", "The same with half the channels and fewer blocks, for video",
             "this project, src/models/genga_lite.cpp", [] { return genga_live(); }},
    ModelRow{"patch_discriminator", "Patch discriminator of the genga method, color",
             "this project, src/models/patch_discriminator.cpp", [] { return patch_discriminator(3); }},
    ModelRow{"dcgan_generator", "DCGAN generator, 64 px", kDcgan, [] { return dcgan_generator(); }},
    ModelRow{"dcgan_discriminator", "DCGAN discriminator, 64 px", kDcgan, [] { return dcgan_discriminator(); }},
    ModelRow{"deligan_generator", "DeLiGAN generator, 64 px, 50 components",
             "Gurumurthy, Sarvadevabhatla and Babu, CVPR 2017, arXiv 1706.02071; github.com/val-iisc/deligan",
             [] { return deligan_generator(); }},
    ModelRow{"seed_gan_generator", "Noise to image, 64 px", kArticle, [] { return seed_gan_generator(); }},
    ModelRow{"seed_gan_discriminator", "Its discriminator, 64 px", kArticle, [] { return seed_gan_discriminator(); }},
    ModelRow{"autoencoder", "Convolutional autoencoder, image to image",
             "the article this project began with; src/models/autoencoder.cpp", [] { return autoencoder(); }},
    ModelRow{"cartoongan", "CartoonGAN generator", kCartoonGan, [] { return cartoongan(); }},
    ModelRow{"cartoongan_discriminator", "CartoonGAN discriminator", kCartoonGan,
             [] { return cartoongan_discriminator(); }},
    ModelRow{"animegan", "AnimeGAN generator, version 1", kAnimeGan, [] { return animegan(); }},
    ModelRow{"animegan_discriminator", "AnimeGAN discriminator, version 1", kAnimeGan,
             [] { return animegan_discriminator(); }},
    ModelRow{"animegan_v2", "AnimeGANv2 generator", "github.com/TachibanaYoshino/AnimeGANv2, net/generator.py",
             [] { return animegan_v2(); }},
    ModelRow{"animegan_v2_lite", "AnimeGANv2 generator, lite version",
             "github.com/TachibanaYoshino/AnimeGANv2, net/generator_lite.py", [] { return animegan_v2_lite(); }},
    ModelRow{"animegan_v2_discriminator", "AnimeGANv2 discriminator",
             "github.com/TachibanaYoshino/AnimeGANv2, net/discriminator.py",
             [] { return animegan_v2_discriminator(); }},
    ModelRow{"animegan_v3", "AnimeGANv3 generator, main tail", kAnimeGanV3,
             [] {
               const ir::Graph both = animegan_v3();
               return ir::subgraph(both, both.find("main"));
             }},
    ModelRow{"animegan_v3_training", "AnimeGANv3 generator, support and main tail", kAnimeGanV3,
             [] { return animegan_v3(); }},
    ModelRow{"animegan_v3_discriminator", "AnimeGANv3 discriminator, of either tail", kAnimeGanV3,
             [] { return animegan_v3_discriminator(); }},
    ModelRow{"whitebox", "White-box cartoonization generator with its guided filter", kWhitebox,
             [] { return whitebox(); }},
    ModelRow{"whitebox_surface_discriminator", "White-box cartoonization, discriminator of surfaces", kWhitebox,
             [] { return whitebox_discriminator(3); }},
    ModelRow{"whitebox_texture_discriminator", "White-box cartoonization, discriminator of textures", kWhitebox,
             [] { return whitebox_discriminator(1); }},
    ModelRow{"resnet_9blocks", "CycleGAN generator from 256 px on", kCycleGan, [] { return resnet_generator(); }},
    ModelRow{"resnet_6blocks", "CycleGAN generator below 256 px", kCycleGan,
             [] { return resnet_generator({.blocks = 6}); }},
    ModelRow{"patchgan", "CycleGAN discriminator, 70 px patches", kCycleGan, [] { return patchgan_discriminator(); }},
    ModelRow{"cut_generator", "CUT generator, anti-aliased", kCut,
             [] { return resnet_generator({.anti_alias = true}); }},
    ModelRow{"cut_discriminator", "CUT discriminator, anti-aliased", kCut,
             [] { return patchgan_discriminator({.anti_alias = true}); }},
    ModelRow{"ugatit_light", "U-GAT-IT generator, light version", kUgatit, [] { return ugatit_light(); }},
    ModelRow{"ugatit_local_discriminator", "U-GAT-IT discriminator, local", kUgatit,
             [] { return ugatit_discriminator(UgatitScope::kLocal); }},
    ModelRow{"ugatit_global_discriminator", "U-GAT-IT discriminator, global", kUgatit,
             [] { return ugatit_discriminator(UgatitScope::kGlobal); }},
    ModelRow{"vgg19", "VGG-19 features to conv4_4", "Simonyan and Zisserman, ICLR 2015, arXiv 1409.1556",
             [] { return vgg19(); }},
    ModelRow{"squeezenet", "SqueezeNet v1.0 features to fire9", "Iandola et al. 2016, arXiv 1602.07360", squeezenet},
};

}  // namespace

std::span<const ModelRow> model_table() {
  return kRows;
}

const ModelRow& find_model(std::string_view name) {
  std::vector<std::string> names;
  for (const ModelRow& row : kRows) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  fail(ErrorCode::kNotFound, "network '{}': not in the table of networks{}", name, did_you_mean(name, names));
}

}  // namespace genga::models
