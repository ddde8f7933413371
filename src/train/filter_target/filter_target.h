// The filter target: what filters paint of a photo. The generator first learns to paint the same, and is held to it
// while it learns a style. Filters give flat strokes (Kuwahara, flow, L0), stepped light, lifted and colored shadows,
// and dark lines along long contours.
#pragma once

#include "torchnet/aten.h"
#include "train/config/shared_options.h"
#include "train/filter_target/style_colors.h"

namespace genga::train {

/// How the photo is painted.
struct PaintOptions {
  int paint_scale = 1, paint_radius = 4, flow_passes = 2;
  double flow_length = 3, detail = 0;
  int levels = 8;
  double level_mix = 0.6, level_sharpness = 3;
  double brightness = 1.6, saturation = 1.6, skin_restraint = 0.7, warmth = 0;
  double style_colors = 1;
  static std::vector<Option<PaintOptions>> table();
};
/// How lines are drawn over it.
struct LineOptions {
  double line = 0.8, line_gain = 40, line_threshold = 0.1;
  double line_coherence_low = 0.2, line_coherence_high = 0.5;
  double line_light_low = 0.55, line_light_high = 0.9;
  double line_flow = 3, line_texture = 0.6, line_width = 1;
  static std::vector<Option<LineOptions>> table();
  void check() const;
};
using FilterTargetOptions = OptionSet<PaintOptions, FlatnessOption, LineOptions>;

/// photo: [N,3,H,W] RGB in [0,1], H and W at least 16. style: null for the constants of options. Returns the same shape
/// and range, without gradient. The outer kTargetMargin pixels see the border instead of the image and are to be cut
/// off.
at::Tensor paint(const at::Tensor& photo, const FilterTargetOptions& options, const StyleColors* style = nullptr);
inline constexpr int kTargetMargin = 16;

// Parts of paint(), open for tests. Images are [N,3,H,W] RGB in [0,1].

/// Light [N,1,H,W] in steps whose borders stay soft. Source: Winnemoeller, Olsen, Gooch 2006, "Real-time video
/// abstraction", eq. (9); differs: one sharpness for the whole image.
at::Tensor step_light(const at::Tensor& luma, int levels, double sharpness);
/// Lifts shadows but nothing that is pale already, adds contrast in the middle, colors pale areas more than vivid ones
/// and grey ones not at all, tints shadows blue, and the whole by warmth. skin_restraint: how much less of all this
/// skin tones get; without it faces turn pale and orange.
at::Tensor grade(const at::Tensor& rgb, const PaintOptions& options);
/// flat, and photo where thin structures that run along the forms are missing in flat: wires, branches, letters.
at::Tensor return_detail(const at::Tensor& photo, const at::Tensor& flat, double fraction);
/// 0: no line, 1: line; along thin dark structures and the dark side of edges that run straight for a while, not in
/// bright areas. painted: the photo after one Kuwahara pass. With line_flow the lines run along the forms, and with
/// line_texture they must stand out from what is drawn around them. [N,1,H,W]
/// Source: Winnemoeller, Kyprianidis, Olsen 2012, "XDoG", eq. (7), times structure-tensor coherence; the flow: Kang,
/// Lee, Chui 2007, "Coherent line drawing", eq. (8).
at::Tensor draw_lines(const at::Tensor& painted, const LineOptions& options);

}  // namespace genga::train
