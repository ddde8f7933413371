// Chooses the tile size: the windows that fit the memory limit and compute the fewest pixels twice.
#include "stylize/tile_plan.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/transform.h"

namespace genga::stylize {
namespace {

constexpr std::int64_t kMaxDefaultMemory = std::int64_t{1} << 30;
constexpr int kProbeSide = 512;

struct Window {
  int width = 0, height = 0;
};

// Bytes that tiles of a window size take: exact, by asking the engine (slow), or estimated from its last answers.
class Cost {
 public:
  Cost(const engine::CompiledModel& model, PaddedSize image, int channels, int border, int multiple)
      : model_(model), image_(image), channels_(channels), border_(border), multiple_(multiple) {
    const int probe = kProbeSide / multiple * multiple + multiple;
    exact({.width = std::min(image.width, probe), .height = std::min(image.height, probe)});
  }

  int multiple() const { return multiple_; }

  /// Asks the engine; estimates assume at least as many bytes a pixel from then on.
  std::int64_t exact(Window window) {
    const std::int64_t activations = model_.session_bytes(window.height, window.width);
    const double pixels = static_cast<double>(window.width) * window.height;
    if (activations >= engine::kNoSession) {
      max_pixels_ = pixels / 2;  // halved, so that a few questions find a size that one session serves
      return activations;
    }
    bytes_a_pixel_ = std::max(bytes_a_pixel_, static_cast<double>(activations) / pixels);
    return activations + rows_bytes(window);
  }
  std::int64_t estimate(Window window) const {
    const double pixels = static_cast<double>(window.width) * window.height;
    if (pixels > max_pixels_) return engine::kNoSession;
    return static_cast<std::int64_t>(bytes_a_pixel_ * pixels) + rows_bytes(window);
  }

 private:
  // f32 source and result of the net; u16 rows of the photo for a band and of its result.
  std::int64_t rows_bytes(Window window) const {
    const std::int64_t pixels = std::int64_t{window.width} * window.height;
    const std::int64_t n_tensors = model_.in_place() ? 1 : 2;
    const std::int64_t photo_rows = window.height + multiple_;
    const std::int64_t result_rows = window.width == image_.width     ? std::min(window.height, kStripRows)
                                     : window.height == image_.height ? window.height
                                                                      : window.height - border_;
    return pixels * n_tensors * 3 * std::int64_t{sizeof(float)} +
           (photo_rows + result_rows) * image_.width * channels_ * std::int64_t{sizeof(std::uint16_t)};
  }

  const engine::CompiledModel& model_;
  const PaddedSize image_;
  const int channels_;
  const int border_, multiple_;
  double bytes_a_pixel_ = 0;
  double max_pixels_ = std::numeric_limits<double>::infinity();  // of a window that one session can serve
};

std::string amount_text(std::int64_t bytes) {
  return bytes >= engine::kNoSession ? "more than one session can hold" : format_bytes(bytes);
}

// For 1, 2, 3, ... windows along an axis, the shortest length of window that covers it.
std::vector<int> window_lengths(int length, int minimum, int border, int multiple) {
  std::vector<int> lengths{length};
  for (int n = 2; lengths.back() > minimum; ++n) {
    const int inner = (length - 2 * border + n - 1) / n;
    const int window = (inner + multiple - 1) / multiple * multiple + 2 * border;
    if (window < minimum || inner <= 0) break;
    if (window >= lengths.back()) {
      if (inner <= multiple) break;
      continue;
    }
    lengths.push_back(window);
  }
  return lengths;
}

/// Pixels that all windows compute together.
std::int64_t work(PaddedSize image, Window window, int border) {
  const auto nx = static_cast<std::int64_t>(cut_line(image.width, window.width, border).size());
  const auto ny = static_cast<std::int64_t>(cut_line(image.height, window.height, border).size());
  return nx * ny * window.width * window.height;
}

struct Search {
  PaddedSize image;  // the whole image
  int border = 0;
  int minimum = 0;  // shortest window along an axis
  std::int64_t memory = 0;
};

// The window that fits by estimate and computes the fewest pixels twice.
std::optional<Window> best_by_estimate(const Search& search, const Cost& cost) {
  std::optional<Window> best;
  std::int64_t best_work = 0;
  for (int height : window_lengths(search.image.height, search.minimum, search.border, cost.multiple())) {
    for (int width : window_lengths(search.image.width, search.minimum, search.border, cost.multiple())) {
      const Window window{.width = width, .height = height};
      if (cost.estimate(window) > search.memory) continue;
      const std::int64_t its_work = work(search.image, window, search.border);
      if (!best || its_work < best_work) best = window, best_work = its_work;
      break;  // narrower windows overlap more
    }
  }
  return best;
}

[[noreturn]] void fail_too_small(const Search& search, Cost& cost, const std::string& because) {
  const Window minimum{.width = std::min(search.image.width, search.minimum),
                       .height = std::min(search.image.height, search.minimum)};
  const Window needed = because.empty() ? minimum : Window{.width = search.image.width, .height = search.image.height};
  fail(ErrorCode::kOutOfMemory,
       "an image of {} x {} pixels needs {} {}, but {} may be used; allow more memory or choose a smaller size",
       search.image.width, search.image.height, amount_text(cost.exact(needed)),
       because.empty() ? "even in the smallest tiles" : "in one piece, because " + because,
       format_bytes(search.memory));
}

std::optional<Window> choose_window(const Search& search, Cost& cost) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    const std::optional<Window> window = best_by_estimate(search, cost);
    if (!window) break;
    if (cost.exact(*window) <= search.memory) return window;
  }
  return std::nullopt;
}

TilePlan plan_of(const Search& search, Window window, std::int64_t bytes) {
  const bool whole_width = window.width == search.image.width;
  const bool whole_height = window.height == search.image.height;
  return {.tile_w = whole_width ? window.width : window.width - 2 * search.border,
          .tile_h = whole_height ? window.height : window.height - 2 * search.border,
          .border = whole_width && whole_height ? 0 : search.border,
          .columns = static_cast<int>(cut_line(search.image.width, window.width, search.border).size()),
          .rows = static_cast<int>(cut_line(search.image.height, window.height, search.border).size()),
          .frozen_statistics = false,
          .bytes = bytes};
}

Window requested_window(const Search& search, int tile_px, int multiple) {
  const int longest = std::max(search.image.width, search.image.height);  // a multiple; more would overflow
  const int inner = (std::min(tile_px, longest) + multiple - 1) / multiple * multiple;
  const auto length = [&](int whole) {
    return std::min(whole, std::max(search.minimum, window_length(whole, inner, search.border)));
  };
  return {.width = length(search.image.width), .height = length(search.image.height)};
}

// The window for the tile that the user asked for. Throws an Error if it needs too much memory.
Window check_requested(const Search& search, Cost& cost, int tile_px) {
  const Window window = requested_window(search, tile_px, cost.multiple());
  const std::int64_t bytes = cost.exact(window);
  if (bytes > search.memory) {
    fail(ErrorCode::kOutOfMemory,
         "tiles of {} pixels with a border of {} need {}, but {} may be used; take smaller tiles or allow more memory",
         tile_px, search.border, amount_text(bytes), format_bytes(search.memory));
  }
  return window;
}

bool fits(const Search& search, Cost& cost, Window window) {
  return cost.estimate(window) <= search.memory && cost.exact(window) <= search.memory;
}

void check_request(int width, int height, int tile_px, std::int64_t memory_bytes) {
  if (width >= 1 && height >= 1 && tile_px >= 0 && memory_bytes >= 0) return;
  fail(ErrorCode::kInvalidArgument, "image of {} x {} pixels, tile {}, memory {}: positive numbers were expected",
       width, height, tile_px, memory_bytes);
}

}  // namespace

std::int64_t default_memory() {
  return std::min(available_memory_bytes() / 4, kMaxDefaultMemory);
}

TilePlan plan_tiles(const engine::CompiledModel& model, int width, int height, int channels, int tile_px,
                    std::int64_t memory_bytes, std::int64_t little_bytes) {
  check_request(width, height, tile_px, memory_bytes);
  const ir::ReceptiveField whole = model.receptive_field();
  const ir::ReceptiveField field =  // of a tile, where whole-image norms will be frozen
      whole.local ? whole : ir::receptive_field(transform::with_stored_norms(model.graph()));
  const SizeRule rule = size_rule(model.graph(), whole.multiple);
  Search search{.image = padded_size(rule, width, height),
                .border = field.border_px,
                .minimum = std::max(rule.min_side, 2 * field.border_px + field.multiple),
                .memory = memory_bytes};
  if (memory_bytes == 0) {
    search.memory = model.device_memory().value_or(tile_px > 0 ? available_memory_bytes() : default_memory());
  }
  Cost cost(model, search.image, channels, search.border, whole.multiple);

  const auto window_within = [&](std::int64_t memory) -> std::optional<Window> {
    Search within = search;
    within.memory = memory;
    const Window everything{.width = search.image.width, .height = search.image.height};
    if (fits(within, cost, everything)) return everything;
    return field.local ? choose_window(within, cost) : std::nullopt;
  };
  std::optional<Window> window;
  if (tile_px > 0 && field.local) {
    window = check_requested(search, cost, tile_px);
  } else {
    if (little_bytes > 0 && tile_px == 0) window = window_within(std::min(little_bytes, search.memory));
    if (!window) window = window_within(search.memory);
    if (!window) fail_too_small(search, cost, field.local ? "" : field.global_because);
  }
  TilePlan plan = plan_of(search, *window, cost.exact(*window));
  plan.frozen_statistics = !whole.local && plan.columns * plan.rows > 1;
  return plan;
}

}  // namespace genga::stylize
