// The teacher: a photo painted by filters, which the generator learns first and is held to while it learns a style.
// Flat strokes (Kuwahara, L0), stepped light, lifted and coloured shadows, dark lines along long contours.
#pragma once

#include "genga/train.h"
#include "torchnet/aten.h"

namespace genga::train {

/// Constants of the painting; names and meanings as the fields of RunConfig.
struct Painting {
  int paint_radius = 4;
  double flatness = 0.008;
  int levels = 7;
  double level_mix = 0.7, level_sharpness = 3.5;
  double brightness = 1.3, saturation = 1.6;
  double line = 0.9, line_gain = 15, line_threshold = 0.06;
  double line_coherence_low = 0.08, line_coherence_high = 0.38;
};
Painting painting_from(const RunConfig& config);

/// photo: [N,3,H,W] RGB in [0,1], H and W at least 8. Returns the same shape and range, without gradient.
at::Tensor paint(const at::Tensor& photo, const Painting& painting);

/// Parts of paint(), open for tests.
/// Light in steps whose borders stay soft. Source: Winnemoeller, Olsen, Gooch 2006, "Real-time video abstraction", eq.
/// (9); differs: one sharpness for the whole picture.
at::Tensor step_light(const at::Tensor& luma, int levels, double sharpness);
/// Lifts shadows, adds contrast in the middle, colours pale areas more than vivid ones, tints shadows blue.
at::Tensor grade(const at::Tensor& rgb, double brightness, double saturation);
/// 0: no line, 1: line; along thin dark structures and the dark side of edges that run straight for a while.
/// Source: Winnemoeller, Kyprianidis, Olsen 2012, "XDoG", eq. (7), times structure-tensor coherence. [N,1,H,W]
at::Tensor draw_lines(const at::Tensor& rgb, const Painting& painting);

}  // namespace genga::train
