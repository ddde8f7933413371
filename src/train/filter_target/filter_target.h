// The filter target: a photo painted by filters, which the generator learns first and is held to while it learns a style.
// Flat strokes (Kuwahara, flow, L0), stepped light, lifted and colored shadows, dark lines along long contours.
#pragma once

#include "genga/train.h"
#include "torchnet/aten.h"

namespace genga::train {

/// painting: its fields of group "Filter target". photo: [N,3,H,W] RGB in [0,1], H and W at least 16. Returns the same shape
/// and range, without gradient. The outer kTargetMargin pixels see the border instead of the image and are to be cut
/// off.
at::Tensor paint(const at::Tensor& photo, const RunConfig& painting);
inline constexpr int kTargetMargin = 16;

/// Parts of paint(), open for tests.
/// Light in steps whose borders stay soft. Source: Winnemoeller, Olsen, Gooch 2006, "Real-time video abstraction", eq.
/// (9); differs: one sharpness for the whole image.
at::Tensor step_light(const at::Tensor& luma, int levels, double sharpness);
/// Lifts shadows, adds contrast in the middle, colors pale areas more than vivid ones, tints shadows blue, and the
/// whole by warmth. skin_restraint: how much less skin tones gain in light and color, or faces turn pale and orange.
at::Tensor grade(const at::Tensor& rgb, const RunConfig& painting);
/// 0: no line, 1: line; along thin dark structures and the dark side of edges that run straight for a while, not in
/// bright areas. painted: the photo after one Kuwahara pass. With line_flow the lines run along the forms, and with
/// line_texture they must stand out from what is drawn around them. [N,1,H,W]
/// Source: Winnemoeller, Kyprianidis, Olsen 2012, "XDoG", eq. (7), times structure-tensor coherence; the flow: Kang,
/// Lee, Chui 2007, "Coherent line drawing", eq. (8).
at::Tensor draw_lines(const at::Tensor& painted, const RunConfig& painting);

}  // namespace genga::train
