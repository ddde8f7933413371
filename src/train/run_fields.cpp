#include <array>
#include <limits>

#include "genga/train.h"

namespace genga::train {
namespace {

using C = RunConfig;
constexpr double kAny = std::numeric_limits<double>::max();

constexpr auto kFields = std::to_array<Field>({
    {"photos", "Data", "folders of photographs, searched recursively", &C::photos},
    {"style", "Data", "folders of pictures in the style to learn", &C::style},
    {"batch", "Data", "pictures a step", &C::batch, 1, 1024},
    {"crop", "Data", "side of a training crop in pixels, a multiple of 8", &C::crop, 32, 2048},
    {"photo_scale_low", "Data", "smallest photo crop before reduction, times crop", &C::photo_scale_low, 0.25, 64},
    {"photo_scale_high", "Data", "largest photo crop before reduction, times crop", &C::photo_scale_high, 0.25, 64},
    {"style_scale_low", "Data", "smallest style crop before reduction, times crop", &C::style_scale_low, 0.25, 64},
    {"style_scale_high", "Data", "largest style crop before reduction, times crop", &C::style_scale_high, 0.25, 64},
    {"style_contrast", "Data", "flatter style crops (standard deviation, 0..255) are drawn again", &C::style_contrast,
     0, 128},
    {"max_side", "Data", "pictures are kept at most this long, in pixels", &C::max_side, 64, 100000},
    {"picture_memory", "Data", "memory for decoded pictures, e.g. 800M, 2G", &C::picture_memory},
    {"seed", "Data", "same seed, same weights", &C::seed, 0, 9e15},

    {"method", "Networks", "training method", &C::method},
    {"width", "Networks", "generator channels at half resolution", &C::width, 4, 512},
    {"discriminator_width", "Networks", "discriminator channels at full resolution", &C::discriminator_width, 4, 512},

    {"steps", "Schedule", "steps in all", &C::steps, 1, 1e12},
    {"warmup", "Schedule", "first steps, which follow the teacher alone", &C::warmup, 0, 1e12},
    {"lr", "Schedule", "generator's learning rate", &C::lr, 0, 1},
    {"lr_discriminator", "Schedule", "discriminators' learning rate", &C::lr_discriminator, 0, 1},
    {"lr_end", "Schedule", "learning rates fall linearly over the second half to this share", &C::lr_end, 0, 1},
    {"beta1", "Schedule", "Adam's first decay for the generator", &C::beta1, 0, 0.9999},
    {"beta1_discriminator", "Schedule", "Adam's first decay for the discriminators", &C::beta1_discriminator, 0,
     0.9999},
    {"beta2", "Schedule", "Adam's second decay", &C::beta2, 0, 0.999999},
    {"clip", "Schedule", "largest gradient norm; 0: no limit", &C::clip, 0, kAny},
    {"ema", "Schedule", "decay of the averaged generator, which is the result", &C::ema, 0, 0.999999},

    {"adversarial", "Losses", "lsgan or hinge", &C::adversarial},
    {"w_teacher", "Losses", "weight: distance to the teacher's painting", &C::w_teacher, 0, kAny},
    {"w_gradient", "Losses", "weight: distance of its edges", &C::w_gradient, 0, kAny},
    {"w_low", "Losses", "weight: distance of its 8x8 means", &C::w_low, 0, kAny},
    {"w_color", "Losses", "weight: colour discriminator; 0: none", &C::w_color, 0, kAny},
    {"w_grey", "Losses", "weight: grey discriminator; 0: none", &C::w_grey, 0, kAny},
    {"w_smooth", "Losses", "how much blurred contours count as fakes", &C::w_smooth, 0, kAny},

    {"paint_radius", "Teacher", "brush radius in pixels", &C::paint_radius, 1, 32},
    {"second_radius", "Teacher", "second brush, over the first; 0: none", &C::second_radius, 0, 32},
    {"flatness", "Teacher", "L0 smoothing; more gives larger flat regions; 0: none", &C::flatness, 0, 1},
    {"levels", "Teacher", "steps of light; 0: continuous", &C::levels, 0, 256},
    {"level_mix", "Teacher", "how strongly light is stepped", &C::level_mix, 0, 1},
    {"level_sharpness", "Teacher", "how hard the steps are", &C::level_sharpness, 0.1, 100},
    {"brightness", "Teacher", "how far shadows are lifted", &C::brightness, 0.01, 100},
    {"saturation", "Teacher", "gain of pale colours", &C::saturation, 0, 10},
    {"skin_restraint", "Teacher", "how much less colour skin tones gain", &C::skin_restraint, 0, 1},
    {"line", "Teacher", "darkness of drawn lines; 0: none", &C::line, 0, 1},
    {"line_gain", "Teacher", "gain before the line threshold", &C::line_gain, 0, 1000},
    {"line_threshold", "Teacher", "higher gives fewer lines", &C::line_threshold, -10, 10},
    {"line_coherence_low", "Teacher", "texture below this coherence gets no lines", &C::line_coherence_low, 0, 1},
    {"line_coherence_high", "Teacher", "edges above this coherence get full lines", &C::line_coherence_high, 0, 1},
    {"line_light_low", "Teacher", "lines fade where it is lighter than this", &C::line_light_low, 0, 2},
    {"line_light_high", "Teacher", "no lines where it is lighter than this", &C::line_light_high, 0, 2},

    {"threads", "Run", "threads for the networks; 0: all cores", &C::threads, 0, 4096},
    {"loader_threads", "Run", "threads that cut pictures", &C::loader_threads, 1, 256},
    {"checkpoint_every", "Run", "steps between checkpoints", &C::checkpoint_every, 1, 1e12},
    {"keep", "Run", "checkpoints kept", &C::keep, 1, 100000},
    {"log_every", "Run", "steps between lines of log.jsonl", &C::log_every, 1, 1000000},
    {"sheet_minutes", "Run", "minutes between sheets of held-out photos; 0: only at the end", &C::sheet_minutes, 0,
     kAny},
    {"sheet_pictures", "Run", "photos on a sheet", &C::sheet_pictures, 1, 1000},
    {"sheet_px", "Run", "long side of a photo on the sheet", &C::sheet_px, 64, 8192},
    {"max_minutes", "Run", "stop (and finish cleanly) after so many minutes; 0: after all steps", &C::max_minutes, 0,
     kAny},

    {"name", "Model card", "short name: letters, digits, '-', '_'", &C::name},
    {"title", "Model card", "one line for people", &C::title},
    {"licence", "Model card", "licence of the weights, e.g. CC-BY-4.0", &C::licence},
    {"attribution", "Model card", "credit line that users must show", &C::attribution},
    {"data", "Model card", "what it was trained on; default: the folders' names", &C::data},
    {"limits", "Model card", "known weaknesses", &C::limits},
});

}  // namespace

std::span<const Field> fields() {
  return kFields;
}

}  // namespace genga::train
