// Runs an image through a style's network in tiles, row by row, and blends the result with the photo.
//
// Usual calls:  Stylizer s(model, {}); s.stylize(reader, writer, options);
// A network whose receptive field is finite (ir::receptive_field) is run in tiles that give what the whole image gives.
// One with statistics of the whole image runs whole; where that does not fit the memory limit, it runs in tiles with
// statistics frozen from one pass over the reduced image. Tiles are never cut without the border they need.
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
  double keep_color = 0.0;  // 0: the style's colors, 1: the photo's hue and chroma, and on plain areas its lightness
  // Factor on the size of strokes and lines: transform::is_stroke_scale. 0: chosen by the
  // image's size (auto_stroke_scale).
  double stroke_scale = 0;
  int tile_px = 0;  // side of a tile without its border; 0: chosen from memory_bytes
  // Limit for activations and row buffers. 0: a quarter of the available memory, at most 1 GiB; all of it if tile_px is
  // given.
  std::int64_t memory_bytes = 0;
  image::MaskReader* mask = nullptr;     // of the image's size; 1: the style, 0: the photo
  std::span<const float> mask_pixels{};  // the same in memory, for many images of one size; empty: none
  Progress progress{};                   // in pixels
  const CancelToken* cancel = nullptr;
};

/// What was done with an image.
struct Done {
  double stroke_scale = 1;   // that was taken; 1 where strength 0 left the photo as it was
  bool transparent = false;  // a pixel of the photo is not opaque
};

/// The stroke scale for an image's size: 1 from about kMinForFullStrokes * card.sized_for to card.sized_for pixels of
/// the longer side; above and below it changes with the size, in steps that change it by at most a quarter, from 0.5 to
/// kMaxAutoStrokeScale. 1 if the card names no size.
double auto_stroke_scale(const weights::ModelCard& card, int width, int height);
inline constexpr double kMinForFullStrokes = 0.4;  // strokes half as large cost four times as much
inline constexpr int kMaxAutoStrokeScale = 3;      // above, a tile's border would have more pixels than the tile

/// How an image will be cut.
struct TilePlan {
  int tile_w = 0, tile_h = 0;  // pixels that a tile gives, without border; multiples of the receptive field's multiple
  int border = 0;              // pixels read beyond a tile on each side
  int columns = 0, rows = 0;
  bool frozen_statistics = false;  // one pass over the reduced image comes first
  std::int64_t bytes = 0;          // estimated peak for activations and rows
};
/// memory_bytes: 0 for a quarter of what is free. little_bytes: tiles that take no more than that are preferred where
/// they are possible; 0: no such wish. Throws Error: kOutOfMemory, saying what would fit, if not even the smallest tile
/// does.
TilePlan plan_tiles(const engine::CompiledModel& model, int width, int height, int channels, int tile_px,
                    std::int64_t memory_bytes, std::int64_t little_bytes = 0);

class Stylizer {
 public:
  explicit Stylizer(weights::Model model, const engine::EngineOptions& options = {});
  ~Stylizer();
  const weights::Model& model() const;
  /// Reads every row of src and writes every row of dst; does not call dst.finish().
  /// One image at a time per Stylizer; sessions are kept for the next image of that size, networks of each stroke
  /// scale for as long as the Stylizer lives. Throws Error: kInvalidArgument (options), kCancelled, kOutOfMemory, and
  /// whatever src and dst throw.
  Done stylize(image::RowReader& src, image::RowWriter& dst, const StylizeOptions& options = {});
  /// Frames in memory: interleaved pixels of 3 or 4 samples. dst: as large as src.
  Done stylize(std::span<const std::uint16_t> src, std::span<std::uint16_t> dst, int width, int height,
               const StylizeOptions& options = {});
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
