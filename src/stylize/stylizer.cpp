// Stylizer: checks the network and the options, chooses stroke scale and tiles, and runs the photo through them.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "genga/error.h"
#include "genga/stylize.h"
#include "genga/transform.h"
#include "stylize/frozen_pass.h"
#include "stylize/plain_colors.h"
#include "stylize/row_spool.h"
#include "stylize/session_cache.h"
#include "stylize/tile_plan.h"
#include "stylize/tile_run.h"

namespace genga::stylize {
namespace {

// Tiles, padding and blending assume that an RGB image becomes an RGB image of the same size.
void check_is_image_to_image(const weights::Model& model) {
  const ir::Input& input = model.graph.input();
  const std::string name = model.card.name.empty() ? "the network" : "style '" + model.card.name + "'";
  if (input.height != 0 || input.width != 0) {
    fail(ErrorCode::kUnsupported, "{} takes sources of {} x {} only; a network for images of any size was expected",
         name, input.width, input.height);
  }
  const ir::Shape probe = ir::probe_shape(model.graph);
  const ir::Shape result = ir::infer_shapes(model.graph, probe).at(static_cast<std::size_t>(model.graph.output()));
  if (probe.c != 3 || result != probe) {
    fail(ErrorCode::kUnsupported, "{} turns {} into {}; a network from RGB images to RGB images was expected", name,
         ir::to_string(probe), ir::to_string(result));
  }
}

void check_range(const weights::PixelFormat& format) {
  if (format.output_high > format.output_low && format.input_high > format.input_low) return;
  fail(ErrorCode::kCorruptData, "the model card gives the ranges {}..{} and {}..{}; low below high was expected",
       format.input_low, format.input_high, format.output_low, format.output_high);
}

const weights::Model& checked(const weights::Model& model) {
  check_is_image_to_image(model);
  check_range(model.card.pixels);
  return model;
}

void check_options(const StylizeOptions& options) {
  const auto check_fraction = [](const char* name, double value) {
    if (value >= 0 && value <= 1) return;
    fail(ErrorCode::kInvalidArgument, "{} {}: 0 to 1 was expected", name, value);
  };
  check_fraction("strength", options.strength);
  check_fraction("keep-color", options.keep_color);
  if (options.stroke_scale != 0 && !transform::is_stroke_scale(options.stroke_scale)) {
    fail(ErrorCode::kInvalidArgument,
         "stroke scale {}: 0 (by the image's size), or {} to {} in steps of {} was expected", options.stroke_scale,
         transform::kMinStrokeScale, transform::kMaxStrokeScale, transform::kStrokeScaleStep);
  }
}

/// Bytes that suffice for stroke scales below 1, whose network runs on an image enlarged to twice its sides, four times
/// the pixels: above 48 MiB a second tile costs less than the memory.
std::int64_t memory_for_small_strokes(const PhotoRows& photo) {
  constexpr std::int64_t kLittle = std::int64_t{48} << 20;
  constexpr std::int64_t kBytesPerPixel = 192;  // three quarters of what the built-in styles would take
  return std::max(kLittle, kBytesPerPixel * photo.n_pixels());
}

void copy_rows(const PhotoRows& photo, const WriteRows& write, const StylizeOptions& options) {
  std::vector<std::uint16_t> row(photo.row_samples());
  for (int y = 0; y < photo.height; ++y) {
    if (options.cancel != nullptr) options.cancel->check();
    photo.read(row);
    write(row);
    if (options.progress) options.progress(std::int64_t{photo.width} * (y + 1), photo.n_pixels());
  }
}

bool has_transparent_pixel(std::span<const std::uint16_t> rows, int channels) {
  for (std::size_t i = 3; channels == 4 && i < rows.size(); i += 4) {
    if (rows[i] != 65535) return true;
  }
  return false;
}

const PlainColors kNoPlainColors;

/// The network for one stroke scale.
struct ScaledStyle {
  ScaledStyle(weights::Model model_given, const engine::EngineOptions& options)
      : model(std::move(model_given)), sessions(model, options) {}

  weights::Model model;
  SessionCache sessions;
};

}  // namespace

double auto_stroke_scale(const weights::ModelCard& card, int width, int height) {
  if (card.sized_for <= 0) return 1;
  const double times = static_cast<double>(std::max(width, height)) / card.sized_for;
  const double scale = times < 1 ? std::min(1.0, times / kMinForFullStrokes) : times;
  const double step = transform::kStrokeScaleStep * (scale < 1 ? 1 : 2);
  return std::clamp(std::round(scale / step) * step, transform::kMinStrokeScale, double{kMaxAutoStrokeScale});
}

struct Stylizer::Impl {
  Impl(weights::Model model_given, const engine::EngineOptions& options_given)
      : model(std::move(model_given)), engine_options(options_given) {
    styles.try_emplace(1, checked(model), engine_options);
  }

  /// Made when it is first asked for. Besides it, only scale 1 stays, which gives its sessions back.
  ScaledStyle& style_at(double stroke_scale) {
    std::erase_if(styles, [&](const auto& row) { return row.first != 1 && row.first != stroke_scale; });
    if (stroke_scale != 1) styles.at(1).sessions.release();
    const auto found = styles.find(stroke_scale);
    if (found != styles.end()) return found->second;
    return styles.try_emplace(stroke_scale, transform::with_stroke_scale(model, stroke_scale), engine_options)
        .first->second;
  }

  /// Measured when it is first asked for. A network with statistics of the whole image makes something else of the same
  /// color in every image, so its lightness stays.
  const PlainColors& plain_colors(const StylizeOptions& options) {
    if (measured_colors) return *measured_colors;
    SessionCache& sessions = styles.at(1).sessions;  // the size of strokes changes no plain area
    if (!sessions.compiled().receptive_field().local) return measured_colors.emplace();
    return measured_colors.emplace([&](const PhotoRows& chart, const WriteRows& write) {
      const TilePlan plan = plan_tiles(sessions.compiled(), chart.width, chart.height, chart.channels, options.tile_px,
                                       options.memory_bytes);
      run_tiles(sessions, model.card.pixels, plan, chart, write, {.cancel = options.cancel});
    });
  }

  Done stylize(const PhotoRows& photo, const WriteRows& write, const StylizeOptions& options) {
    check_options(options);
    if (options.cancel != nullptr) options.cancel->check();
    if (options.strength == 0) {
      copy_rows(photo, write, options);
      return {};
    }
    const PlainColors& plain = options.keep_color > 0 ? plain_colors(options) : kNoPlainColors;
    const double stroke_scale =
        options.stroke_scale > 0 ? options.stroke_scale : auto_stroke_scale(model.card, photo.width, photo.height);
    auto& [scaled, sessions] = style_at(stroke_scale);
    const bool little = options.memory_bytes == 0 && stroke_scale < 1 && !sessions.compiled().device_memory();
    const TilePlan plan = plan_tiles(sessions.compiled(), photo.width, photo.height, photo.channels, options.tile_px,
                                     options.memory_bytes, little ? memory_for_small_strokes(photo) : 0);
    if (!plan.frozen_statistics) {
      run_tiles(sessions, model.card.pixels, plan, photo, write, options, plain);
      return {.stroke_scale = stroke_scale};
    }
    RowSpool spool(photo);
    const weights::Model frozen =
        freeze_for(sessions, scaled, photo, [&](std::span<const std::uint16_t> row) { spool.append(row); }, options);
    sessions.release();
    SessionCache frozen_sessions(frozen, engine_options);
    run_tiles(frozen_sessions, model.card.pixels, plan, spool.rows(), write, options);
    return {.stroke_scale = stroke_scale};
  }

  const weights::Model model;
  const engine::EngineOptions engine_options;
  std::map<double, ScaledStyle> styles;        // by stroke scale
  std::optional<PlainColors> measured_colors;  // for keep_color
};

Stylizer::Stylizer(weights::Model model, const engine::EngineOptions& options)
    : impl_(std::make_unique<Impl>(std::move(model), options)) {}
Stylizer::~Stylizer() = default;

const weights::Model& Stylizer::model() const {
  return impl_->model;
}

Done Stylizer::stylize(image::RowReader& src, image::RowWriter& dst, const StylizeOptions& options) {
  const image::Info& info = src.info();
  const PhotoRows photo{.width = info.width,
                        .height = info.height,
                        .channels = src.channels(),
                        .bits = info.bits,
                        .read = [&](std::span<std::uint16_t> rows) { src.read(rows); }};
  bool transparent = false;
  const auto write = [&](std::span<const std::uint16_t> rows) {
    transparent = transparent || has_transparent_pixel(rows, src.channels());
    dst.write(rows);
  };
  Done done = impl_->stylize(photo, write, options);
  done.transparent = transparent;
  return done;
}

Done Stylizer::stylize(std::span<const std::uint16_t> src, std::span<std::uint16_t> dst, int width, int height,
                       const StylizeOptions& options) {
  const auto n_pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (n_pixels == 0 || src.size() != dst.size() || (src.size() != 3 * n_pixels && src.size() != 4 * n_pixels)) {
    fail(ErrorCode::kInvalidArgument, "a frame of {} x {} pixels has {} samples for {}; 3 or 4 a pixel were expected",
         width, height, src.size(), dst.size());
  }
  std::size_t n_read = 0, n_written = 0;
  const PhotoRows photo{.width = width,
                        .height = height,
                        .channels = static_cast<int>(src.size() / n_pixels),
                        .bits = 16,
                        .read = [&](std::span<std::uint16_t> rows) {
                          std::ranges::copy(src.subspan(n_read, rows.size()), rows.begin());
                          n_read += rows.size();
                        }};
  const auto write = [&](std::span<const std::uint16_t> rows) {
    std::ranges::copy(rows, dst.subspan(n_written, rows.size()).begin());
    n_written += rows.size();
  };
  return impl_->stylize(photo, write, options);
}

image::Image Stylizer::stylize(const image::Image& src, const StylizeOptions& options) {
  image::Image result{.width = src.width, .height = src.height, .rgb = {}};
  result.rgb.reserve(src.rgb.size());
  auto next = src.rgb.begin();
  const PhotoRows photo{
      .width = src.width, .height = src.height, .channels = 3, .bits = 8, .read = [&](std::span<std::uint16_t> rows) {
        for (std::uint16_t& sample : rows) sample = static_cast<std::uint16_t>(*next++ * 257);
      }};
  const auto write = [&](std::span<const std::uint16_t> rows) {
    for (std::uint16_t sample : rows)
      result.rgb.push_back(static_cast<std::uint8_t>((sample * 255U + 32767U) / 65535U));
  };
  impl_->stylize(photo, write, options);
  return result;
}

}  // namespace genga::stylize
