// The table of all that can be set: what concerns every run, and the options that methods declare for themselves.
#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "genga/train.h"
#include "train/config/options.h"
#include "train/method.h"

namespace genga::train {
namespace {

using C = RunConfig;

constexpr std::array<std::string_view, 8> kGroups{"Data",  "Method",      kNetworks, "Schedule",
                                                  kLosses, kFilterTarget, "Run",     "Model card"};

/// What concerns every run.
std::vector<Field> common_fields() {
  constexpr double kAny = kNoLimit;
  return {
      {"photos", "Data", "folders of photographs, searched recursively; may be given several times", &C::photos, 0, 0,
       "FOLDERS"},
      {"style", "Data", "folders of images in the style to learn; may be given several times", &C::style, 0, 0,
       "FOLDERS"},
      {"batch", "Data", "images a step", &C::batch, 1, 1024},
      {"batch_reuse", "Data",
       "steps in a row that see a batch, mirrored in turn: pays where preparing it takes longer than a step",
       &C::batch_reuse, 1, 64},
      {"crop", "Data", "side of a training crop in pixels; of the image, for methods from noise", &C::crop, 16, 2048},
      {"photo_scale_low", "Data", "smallest photo crop before reduction, times crop", &C::photo_scale_low, 0.25, 64},
      {"photo_scale_high", "Data", "largest photo crop before reduction, times crop", &C::photo_scale_high, 0.25, 64},
      {"style_scale_low", "Data", "smallest style crop before reduction, times crop", &C::style_scale_low, 0.25, 64},
      {"style_scale_high", "Data", "largest style crop before reduction, times crop", &C::style_scale_high, 0.25, 64},
      {"style_contrast", "Data", "flatter style crops (standard deviation, 0..255) are drawn again", &C::style_contrast,
       0, 128},
      {"style_choice", "Data",
       "style crops drawn for each photo crop; the one most like it in light and detail is used", &C::style_choice, 1,
       1000},
      {"smooth_salt", "Data", "fraction of white specks in style images with blurred contours", &C::smooth_salt, 0, 1},
      {"max_side", "Data", "images are kept at most this long, in pixels", &C::max_side, 64, 100000},
      {"image_memory", "Data", "memory for decoded images, e.g. 800M, 2G", &C::image_memory},
      {"augment", "Data",
       "what discriminators see is changed: none, any of color,translation,cutout (DiffAugment), or ada (adaptive)",
       &C::augment},
      {"seed", "Data", "same seed, same weights", &C::seed, 0, 9e15},

      {"method", "Method", "training method; genga train methods lists them", &C::method},
      {"preset", "Method", "presets over the method's own, separated by commas; genga train methods lists them",
       &C::preset},
      {"init_from", "Method",
       "start from this model's weights (fine-tuning), or base, the painted start of the built-in "
       "styles, instead of random ones",
       &C::init_from, 0, 0, "FILE"},

      {"steps", "Schedule", "steps in all", &C::steps, 1, 1e12},
      {"warmup", "Schedule", "first steps, without discriminators", &C::warmup, 0, 1e12},
      {"lr", "Schedule", "generator's learning rate", &C::lr, 0, 1},
      {"lr_discriminator", "Schedule", "discriminators' learning rate", &C::lr_discriminator, 0, 1},
      {"lr_warmup", "Schedule", "generator's learning rate during the warm-up; 0: lr", &C::lr_warmup, 0, 1},
      {"schedule", "Schedule", "learning rates over the run: constant, linear, step, cosine, deligan", &C::schedule, 0,
       0, "constant|linear|step|cosine|deligan"},
      {"schedule_from", "Schedule", "fraction of the run after which linear and cosine fall", &C::schedule_from, 0, 1},
      {"lr_end", "Schedule", "fraction of the learning rates that linear and cosine fall to", &C::lr_end, 0, 1},
      {"beta1", "Schedule", "Adam's first decay for the generator", &C::beta1, 0, 0.9999},
      {"beta1_discriminator", "Schedule", "Adam's first decay for the discriminators", &C::beta1_discriminator, 0,
       0.9999},
      {"beta2", "Schedule", "Adam's second decay", &C::beta2, 0, 0.999999},
      {"weight_decay", "Schedule", "L2 pull of weights to zero", &C::weight_decay, 0, 1},
      {"clip", "Schedule", "largest gradient norm; 0: no limit", &C::clip, 0, kAny},
      {"ema", "Schedule", "decay of the averaged generator, which is then the result; 0: no average", &C::ema, 0,
       0.999999},

      {"threads", "Run", "threads for the networks; 0: all cores", &C::threads, 0, 4096},
      {"loader_threads", "Run", "threads that cut images", &C::loader_threads, 1, 256},
      {"device", "Run", "cpu, cuda, or auto: a GPU if LibTorch has one", &C::device},
      {"precision", "Run", "f32, bf16, or f16 (GPU): type of the networks' arithmetic", &C::precision, 0, 0,
       "f32|bf16|f16"},
      {"checkpoint_every", "Run", "steps between checkpoints", &C::checkpoint_every, 1, 1e12},
      {"keep", "Run", "checkpoints kept, at least two", &C::keep, 1, 100000},
      {"log_every", "Run", "steps between lines of log.jsonl", &C::log_every, 1, 1000000},
      {"histogram_every", "Run", "steps between histograms of gradients in TensorBoard's file; 0: none",
       &C::histogram_every, 0, 1e9},
      {"preview_minutes", "Run", "minutes between previews of held-out photos; 0: only at the end", &C::preview_minutes,
       0, kAny},
      {"preview_images", "Run", "photos on a preview", &C::preview_images, 1, 1000},
      {"preview_px", "Run", "long side of a photo on the preview", &C::preview_px, 64, 8192},
      {"max_minutes", "Run", "stop (and finish cleanly) after so many minutes; 0: after all steps", &C::max_minutes, 0,
       kAny},

      {"name", "Model card", "short name: letters, digits, '-', '_'", &C::name},
      {"title", "Model card", "one line for people", &C::title},
      {"licence", "Model card", "licence of the weights, e.g. CC-BY-4.0", &C::licence},
      {"attribution", "Model card", "credit line that users must show", &C::attribution},
      {"data", "Model card", "what it was trained on; default: the folders' names", &C::data},
      {"limits", "Model card", "known weaknesses", &C::limits},
      {"sized_for", "Model card", "longer side of images on which strokes have the right size; 0: any", &C::sized_for,
       0, 1'000'000},
  };
}

/// By group; an option that several methods have, once.
std::vector<Field> all_fields() {
  const std::vector<Field> common = common_fields();
  std::vector<Field> all;
  const auto add = [&](std::string_view group, const Field& field) {
    if (field.group == group && std::ranges::find(all, field.name, &Field::name) == all.end()) all.push_back(field);
  };
  for (const std::string_view group : kGroups) {
    for (const Field& field : common) add(group, field);
    for (const MethodRow& method : methods()) {
      for (const Field& field : method.options) add(group, field);
    }
  }
  return all;
}

}  // namespace

std::span<const Field> fields() {
  static const std::vector<Field> all = all_fields();
  return all;
}

}  // namespace genga::train
