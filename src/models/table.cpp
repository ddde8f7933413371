// The networks that have a name. A new architecture is one file and one row here.
#include <array>
#include <string>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/models.h"

namespace genga::models {
namespace {

constexpr std::array kRows{
    ModelRow{"genga_lite", "Genga's own small local generator", "this project, src/models/genga_lite.cpp",
             [] { return genga_lite(); }},
    ModelRow{"animegan_v2", "AnimeGANv2 generator", "github.com/TachibanaYoshino/AnimeGANv2, net/generator.py",
             [] { return animegan_v2(); }},
    ModelRow{"animegan_v2_lite", "AnimeGANv2 generator, lite version",
             "github.com/TachibanaYoshino/AnimeGANv2, net/generator_lite.py", animegan_v2_lite},
    ModelRow{"whitebox", "White-box cartoonization generator with its guided filter",
             "Wang and Yu, CVPR 2020; github.com/SystemErrorWang/White-box-Cartoonization", whitebox},
    ModelRow{"cartoongan", "CartoonGAN generator",
             "Chen, Lai and Liu, CVPR 2018; github.com/mnicnc404/CartoonGan-tensorflow", cartoongan},
    ModelRow{"dcgan_generator", "DCGAN generator, 64 px",
             "Radford, Metz and Chintala 2015, arXiv 1511.06434; github.com/pytorch/examples, dcgan",
             [] { return dcgan_generator(); }},
    ModelRow{"dcgan_discriminator", "DCGAN discriminator, 64 px",
             "Radford, Metz and Chintala 2015, arXiv 1511.06434; github.com/pytorch/examples, dcgan",
             [] { return dcgan_discriminator(); }},
    ModelRow{"patch_discriminator", "Patch discriminator of the genga method, colour",
             "this project, src/models/patch_discriminator.cpp", [] { return patch_discriminator(3); }},
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
