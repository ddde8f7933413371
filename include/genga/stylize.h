// An image through a network: exact tiles, flat memory, strength, color, mask.
//
// Usual calls:  Stylizer s(model, {}); s.stylize(reader, writer, options);
// Local nets are cut into tiles that equal the whole image (ir::reach); nets with whole-image statistics run whole,
// or, when that does not fit the memory limit, in tiles with statistics frozen from one reduced pass; never naive
// tiles.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "genga/base.h"
#include "genga/engine.h"
#include "genga/image.h"
#include "genga/weights.h"

namespace genga::stylize {

struct StylizeOptions {
  double strength = 1.0;    // 0: the photo, 1: the style
  double keep_color = 0.0;  // 0: the style's colors, 1: the photo's chroma with the style's lightness and line
  // Strokes and lines so many times as large, see transform::is_stroke_scale; 0: as the image's size asks for.
  double stroke_scale = 0;
  int tile_px = 0;  // side of a tile without its border; 0: chosen from memory_bytes
  // For activations and row buffers. 0: a quarter of what is available, at most 1 GiB; with tile_px, all of it.
  std::int64_t memory_bytes = 0;
  image::MaskReader* mask = nullptr;  // of the reader's size; style only where it is white
  Progress progress{};                // in pixels
  const CancelToken* cancel = nullptr;
};

/// The stroke scale of an image for which none was chosen: its longer side / card.sized_for, rounded, 1 to
/// kMaxAutoStrokeScale, or 0.5 below kMinForFullStrokes, so that strokes have the fraction of the image that they were
/// made for; 1 if the card names no size.
double auto_stroke_scale(const weights::ModelCard& card, int width, int height);
/// The one that Stylizer takes: options.stroke_scale, or where that is 0 the automatic one.
double stroke_scale_of(const StylizeOptions& options, const weights::ModelCard& card, int width, int height);
inline constexpr double kMinForFullStrokes = 0.36;  // strokes too broad still look painted, too fine ones do not
inline constexpr int kMaxAutoStrokeScale = 3;         // more would cost more border round a tile than tile

/// How an image will be cut.
struct TilePlan {
  int tile_w = 0, tile_h = 0;  // multiples of the net's multiple; inner size
  int border = 0;              // context read on each side
  int columns = 0, rows = 0;
  bool frozen_statistics = false;  // a reduced pass comes first
  std::int64_t bytes = 0;          // estimated peak for activations and rows
};
/// Throws Error: kOutOfMemory, saying what would fit, if not even the smallest tile does.
TilePlan plan_tiles(const engine::CompiledModel& model, int width, int height, int channels, int tile_px,
                    std::int64_t memory_bytes);

class Stylizer {
 public:
  explicit Stylizer(weights::Model model, const engine::EngineOptions& options = {});
  ~Stylizer();
  const weights::Model& model() const;
  /// Reads every row of src and writes every row of dst; does not call dst.finish().
  /// One image at a time per Stylizer; sessions are kept for the next image of that size, networks of each stroke
  /// scale for as long as the Stylizer lives. Throws Error: kInvalidArgument (options), kCancelled, kOutOfMemory, and
  /// whatever src and dst throw.
  void stylize(image::RowReader& src, image::RowWriter& dst, const StylizeOptions& options = {});
  /// Small images in memory, for training sheets and tests.
  image::Image stylize(const image::Image& src, const StylizeOptions& options = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Styles compiled into the program (styles/*.safetensors).
struct EmbeddedStyle {
  std::string_view name;
  std::span<const std::byte> bytes;
};
std::span<const EmbeddedStyle> embedded_styles();
/// A model by style name (embedded) or path of a model file; empty: the default style.
/// Throws Error: kNotFound with the nearest name.
weights::Model open_style(const std::string& name_or_path);

}  // namespace genga::stylize
