// Runs the tiles of one plan: photo rows to tensors, the network, blending, result rows.
#include "stylize/tile_run.h"

#include <algorithm>
#include <deque>
#include <vector>

#include "stylize/blend.h"
#include "stylize/pixels.h"
#include "stylize/row_band.h"
#include "stylize/tile_plan.h"

namespace genga::stylize {
namespace {

class TileRun {
 public:
  TileRun(SessionCache& sessions, const weights::PixelFormat& format, const TilePlan& plan, const PhotoRows& photo,
          const WriteRows& write, const StylizeOptions& options, const PlainColors& plain)
      : sessions_(sessions),
        format_(format),
        photo_(photo),
        write_(write),
        options_(options),
        plain_(plain),
        padded_(padded_size(sessions.size_rule(), photo.width, photo.height)),
        window_w_(window_length(padded_.width, plan.tile_w, plan.border)),
        window_h_(window_length(padded_.height, plan.tile_h, plan.border)),
        columns_(cut_line(padded_.width, window_w_, plan.border)),
        rows_(cut_line(padded_.height, window_h_, plan.border)),
        n_reflected_rows_(padded_.height - photo.height),
        blends_(options.strength < 1 || options.keep_color > 0 || options.mask != nullptr ||
                !options.mask_pixels.empty() || photo.channels == 4),
        band_(photo, std::min(photo.height, window_h_ + n_reflected_rows_)) {}

  /// After an error some runs may not be finished. The session is given up with them, so that none of them is taken
  /// for a run of the next image.
  ~TileRun() {
    if (!started_.empty()) sessions_.release();
  }
  TileRun(const TileRun&) = delete;
  TileRun& operator=(const TileRun&) = delete;

  void run() {
    for (const TileSpan& row : rows_) {
      for (const TileSpan& column : columns_) start_tile(column, row);
    }
    while (!started_.empty()) finish_tile();
  }

 private:
  struct Tile {
    TileSpan column, row;
    std::span<float> dst;
  };

  engine::Session& session() { return sessions_.session(window_h_, window_w_); }

  void start_tile(const TileSpan& column, const TileSpan& row) {
    if (column.begin >= photo_.width || row.begin >= photo_.height) return;  // the tile is all padding
    // Blending reads rows of the photo, and move_to() below forgets those above the next row of tiles: finish first.
    while (!started_.empty() &&
           (std::ssize(started_) >= session().max_started() || (blends_ && started_.front().row.begin != row.begin))) {
      finish_tile();
    }
    if (options_.cancel != nullptr) options_.cancel->check();
    // Padding below the photo reflects rows that may lie above the window.
    band_.move_to(std::max(0, row.window - n_reflected_rows_), std::min(photo_.height, row.window + window_h_));
    const WindowArea window{.x = column.window, .y = row.window, .width = window_w_, .height = window_h_};
    const std::span<float> src = sessions_.src(window_h_, window_w_);
    to_tensor(band_, photo_, window, format_, sessions_.threads(), src);
    if (rows_.size() == 1 && columns_.size() == 1 && !blends_) band_.release();  // the network needs the most memory
    const std::size_t slot = n_started_++ % static_cast<std::size_t>(session().max_started());
    const Tile tile{.column = column, .row = row, .dst = sessions_.dst(window_h_, window_w_, slot)};
    session().start(src, tile.dst);
    started_.push_back(tile);
  }

  /// Waits for the tile that was started first. The last tile of a row of tiles also blends and writes that row.
  void finish_tile() {
    const Tile tile = started_.front();
    session().wait();
    started_.pop_front();
    const int begin = tile.row.begin;
    const int end = std::min(tile.row.end, photo_.height);
    const int right = std::min(tile.column.end, photo_.width);
    // A tile as wide as the image gives its rows a few at a time; else all tiles of the row are collected first.
    const bool one_column = columns_.size() == 1;
    if (!one_column) {
      if (tile.column.begin == 0) resize_result(begin, end);
      take_rows(tile, begin, end);
    }
    done_ += std::int64_t{right - tile.column.begin} * (end - begin);
    if (options_.progress) options_.progress(done_, photo_.n_pixels());
    if (right < photo_.width) return;
    const int step = one_column ? kStripRows : end - begin;
    for (int y = begin; y < end; y += step) {
      const int strip_end = std::min(y + step, end);
      if (one_column) {
        resize_result(y, strip_end);
        take_rows(tile, y, strip_end);
      }
      blend_rows(y, strip_end);
      write_(result_);
    }
  }

  void resize_result(int begin, int end) {
    result_.resize(photo_.row_samples() * static_cast<std::size_t>(end - begin));
  }

  /// Copies rows [begin, end) of the tile into result_, whose first row is `begin`.
  void take_rows(const Tile& tile, int begin, int end) {
    const TileSpan& column = tile.column;
    const TensorArea area{.tensor_width = window_w_,
                          .tensor_height = window_h_,
                          .x = column.begin - column.window,
                          .y = begin - tile.row.window,
                          .width = std::min(column.end, photo_.width) - column.begin,
                          .height = end - begin};
    to_rows(tile.dst, area, format_, sessions_.threads(),
            result_.data() + static_cast<std::size_t>(column.begin * photo_.channels), photo_.row_samples(),
            photo_.channels);
  }

  void blend_rows(int begin, int end) {
    const BlendOptions blend{.strength = static_cast<float>(options_.strength),
                             .keep_color = static_cast<float>(options_.keep_color)};
    if (!blends_) return;
    std::vector<float> mask;
    if (options_.mask != nullptr) {
      mask.resize(static_cast<std::size_t>(photo_.width) * static_cast<std::size_t>(end - begin));
      options_.mask->read(mask);
    }
    const std::size_t width = static_cast<std::size_t>(photo_.width);
    const std::span<const float> all =
        options_.mask_pixels.empty() ? mask : options_.mask_pixels.subspan(static_cast<std::size_t>(begin) * width);
    // Converting to OKLab is worth several threads; without it, blending is limited by memory.
    const bool heavy = blend.keep_color > 0 && result_.size() > 50'000;
#pragma omp parallel for num_threads(sessions_.threads()) if (heavy)
    for (int y = begin; y < end; ++y) {
      const std::size_t i = static_cast<std::size_t>(y - begin);
      const std::span<const float> line = all.empty() ? all : all.subspan(i * width, width);
      blend_row({band_.row(y), photo_.row_samples()},
                std::span(result_).subspan(i * photo_.row_samples(), photo_.row_samples()), line, photo_.channels,
                blend, plain_);
    }
  }

  SessionCache& sessions_;
  const weights::PixelFormat& format_;
  const PhotoRows& photo_;
  const WriteRows& write_;
  const StylizeOptions& options_;
  const PlainColors& plain_;
  const PaddedSize padded_;
  const int window_w_, window_h_;
  const std::vector<TileSpan> columns_, rows_;
  const int n_reflected_rows_;  // padding below the photo
  const bool blends_;           // the result takes something of the photo
  RowBand band_;
  std::vector<std::uint16_t> result_;  // rows of the current row of tiles, or some of them
  std::deque<Tile> started_;           // not finished, oldest first: a device computes one while it copies another
  std::size_t n_started_ = 0;
  std::int64_t done_ = 0;  // pixels
};

}  // namespace

void run_tiles(SessionCache& sessions, const weights::PixelFormat& format, const TilePlan& plan, const PhotoRows& photo,
               const WriteRows& write, const StylizeOptions& options, const PlainColors& plain) {
  TileRun(sessions, format, plan, photo, write, options, plain).run();
}

}  // namespace genga::stylize
