#include "stylize/tile_run.h"

#include <algorithm>
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
          const WriteRows& write, const StylizeOptions& options)
      : sessions_(sessions),
        format_(format),
        photo_(photo),
        write_(write),
        options_(options),
        frame_(padded_frame(sessions.compiled().graph(), photo.width, photo.height)),
        window_w_(window_length(frame_.width, plan.tile_w, plan.border)),
        window_h_(window_length(frame_.height, plan.tile_h, plan.border)),
        columns_(cut_line(frame_.width, window_w_, plan.border)),
        rows_(cut_line(frame_.height, window_h_, plan.border)),
        mirror_(frame_.height - photo.height),
        band_(photo, std::min(photo.height, window_h_ + mirror_)) {
    const std::size_t n = 3 * static_cast<std::size_t>(window_w_) * static_cast<std::size_t>(window_h_);
    src_.resize(n);
    dst_.resize(n);
  }

  void run() {
    for (const Cut& row : rows_) run_band(row);
  }

 private:
  void run_band(const Cut& row) {
    const int begin = std::min(row.begin, photo_.height);
    const int end = std::min(row.end, photo_.height);
    // Padding below the photo mirrors rows that may lie above the window.
    band_.move_to(std::max(0, row.window - mirror_), std::min(photo_.height, row.window + window_h_));
    result_.resize(photo_.row_samples() * static_cast<std::size_t>(end - begin));
    for (const Cut& column : columns_) run_tile(column, row, begin, end);
    blend_band(begin, end);
    if (!result_.empty()) write_(result_);
  }

  void run_tile(const Cut& column, const Cut& row, int begin, int end) {
    if (options_.cancel != nullptr) options_.cancel->check();
    const int left = std::min(column.begin, photo_.width);
    const int width = std::min(column.end, photo_.width) - left;
    if (width <= 0 || end <= begin) return;
    const WindowArea window{.x = column.window, .y = row.window, .width = window_w_, .height = window_h_};
    to_tensor(band_, photo_, window, format_, src_);
    sessions_.session(window_h_, window_w_).run(src_, dst_);
    const TensorArea area{.tensor_width = window_w_,
                          .tensor_height = window_h_,
                          .x = left - column.window,
                          .y = begin - row.window,
                          .width = width,
                          .height = end - begin};
    to_rows(dst_, area, format_, result_.data() + static_cast<std::size_t>(left * photo_.channels),
            photo_.row_samples(), photo_.channels);
    done_ += std::int64_t{width} * (end - begin);
    if (options_.progress) options_.progress(done_, photo_.n_pixels());
  }

  void blend_band(int begin, int end) {
    const BlendOptions blend{.strength = static_cast<float>(options_.strength),
                             .keep_color = static_cast<float>(options_.keep_color)};
    std::vector<float> mask;
    if (options_.mask != nullptr) {
      mask.resize(static_cast<std::size_t>(photo_.width) * static_cast<std::size_t>(end - begin));
      options_.mask->read(mask);
    }
    const std::span<const float> all(mask);
    const std::size_t width = static_cast<std::size_t>(photo_.width);
    // Only colour spaces are worth waking threads for; the rest is as fast as memory.
    const bool heavy = blend.keep_color > 0 && result_.size() > 100'000;
#pragma omp parallel for num_threads(sessions_.threads()) if (heavy)
    for (int y = begin; y < end; ++y) {
      const std::size_t i = static_cast<std::size_t>(y - begin);
      const std::span<const float> line = all.empty() ? all : all.subspan(i * width, width);
      blend_row({band_.row(y), photo_.row_samples()},
                std::span(result_).subspan(i * photo_.row_samples(), photo_.row_samples()), line, photo_.channels,
                blend);
    }
  }

  SessionCache& sessions_;
  const weights::PixelFormat& format_;
  const PhotoRows& photo_;
  const WriteRows& write_;
  const StylizeOptions& options_;
  const Frame frame_;
  const int window_w_, window_h_;
  const std::vector<Cut> columns_, rows_;
  const int mirror_;  // rows of padding below the photo
  RowBand band_;
  std::vector<float> src_, dst_;       // [1,3,window_h,window_w]
  std::vector<std::uint16_t> result_;  // rows of the current band
  std::int64_t done_ = 0;              // pixels
};

}  // namespace

void run_tiles(SessionCache& sessions, const weights::PixelFormat& format, const TilePlan& plan, const PhotoRows& photo,
               const WriteRows& write, const StylizeOptions& options) {
  TileRun(sessions, format, plan, photo, write, options).run();
}

}  // namespace genga::stylize
