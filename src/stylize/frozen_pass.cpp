// The reduced pass: the photo averaged down to a megapixel, run once to record the norms' statistics.
#include "stylize/frozen_pass.h"

#include <algorithm>
#include <cmath>

#include "genga/error.h"
#include "genga/transform.h"
#include "stylize/pixels.h"
#include "stylize/tile_plan.h"

namespace genga::stylize {
namespace {

constexpr std::int64_t kReducedPixels = 1'000'000;

/// How many blocks of `factor` pixels cover a side; the last may be smaller.
int blocks(int length, int factor) {
  return (length + factor - 1) / factor;
}

/// By how much the photo is reduced, so that its pass takes at most kReducedPixels and the given memory.
int choose_factor(const SessionCache& sessions, const PhotoRows& photo, std::int64_t memory) {
  int factor = 1;
  while (std::int64_t{blocks(photo.width, factor)} * blocks(photo.height, factor) > kReducedPixels) ++factor;
  const int longest = std::max(photo.width, photo.height);
  for (;;) {
    const PaddedSize size =
        padded_size(sessions.size_rule(), blocks(photo.width, factor), blocks(photo.height, factor));
    const std::int64_t tensors = std::int64_t{2} * 3 * size.width * size.height * std::int64_t{sizeof(float)};
    const std::int64_t bytes = sessions.compiled().session_bytes(size.height, size.width) + tensors;
    if (bytes <= memory) return factor;
    if (factor >= longest) {
      fail(ErrorCode::kOutOfMemory, "the network needs {} for even the smallest image, but {} may be used",
           format_bytes(bytes), format_bytes(memory));
    }
    const double too_large =
        std::sqrt(static_cast<double>(bytes) / static_cast<double>(std::max<std::int64_t>(memory, 1)));
    factor = static_cast<int>(std::min<double>(longest, std::max(factor + 1.0, std::ceil(factor * too_large))));
  }
}

}  // namespace

Reducer::Reducer(const PhotoRows& photo, int factor)
    : photo_width_(photo.width),
      photo_height_(photo.height),
      channels_(photo.channels),
      factor_(factor),
      width_(blocks(photo.width, factor)),
      height_(blocks(photo.height, factor)),
      sums_(3 * static_cast<std::size_t>(width_), 0) {
  pixels_.reserve(sums_.size() * static_cast<std::size_t>(height_));
}

void Reducer::add(std::span<const std::uint16_t> row) {
  for (int x = 0; x < photo_width_; ++x) {
    for (int c = 0; c < 3; ++c) {
      sums_[static_cast<std::size_t>(x / factor_ * 3 + c)] += row[static_cast<std::size_t>(x * channels_ + c)];
    }
  }
  ++n_total_;
  if (++n_rows_ == factor_ || n_total_ == photo_height_) finish_row();
}

void Reducer::finish_row() {
  for (int x = 0; x < width_; ++x) {
    const int columns = std::min(factor_, photo_width_ - x * factor_);
    const std::uint64_t n = static_cast<std::uint64_t>(columns) * static_cast<std::uint64_t>(n_rows_);
    for (int c = 0; c < 3; ++c) {
      const std::uint64_t sum = sums_[static_cast<std::size_t>(x * 3 + c)];
      pixels_.push_back(static_cast<std::uint16_t>((sum + n / 2) / n));
    }
  }
  std::fill(sums_.begin(), sums_.end(), 0);
  n_rows_ = 0;
}

weights::Model freeze_for(SessionCache& sessions, const weights::Model& model, const PhotoRows& photo,
                          const WriteRows& spool, const StylizeOptions& options) {
  const std::int64_t memory =
      options.memory_bytes > 0 ? options.memory_bytes : sessions.compiled().device_memory().value_or(default_memory());
  const int factor = choose_factor(sessions, photo, memory);
  Reducer reducer(photo, factor);
  std::vector<std::uint16_t> row(photo.row_samples());
  for (int y = 0; y < photo.height; ++y) {
    if (options.cancel != nullptr) options.cancel->check();
    photo.read(row);
    spool(row);
    reducer.add(row);
  }
  const PhotoRows reduced{
      .width = reducer.width(),
      .height = reducer.height(),
      .channels = 3,
      .bits = 16,
      .read = [&](std::span<std::uint16_t> dst) { std::copy_n(reducer.pixels().begin(), dst.size(), dst.begin()); }};
  const PaddedSize size = padded_size(sessions.size_rule(), reduced.width, reduced.height);
  RowBand band(reduced, reduced.height);
  band.move_to(0, reduced.height);
  const std::span<float> src = sessions.src(size.height, size.width);
  to_tensor(band, reduced, {.x = 0, .y = 0, .width = size.width, .height = size.height}, model.card.pixels,
            sessions.threads(), src);
  weights::NormStatistics statistics;
  sessions.session(size.height, size.width).run(src, sessions.dst(size.height, size.width), &statistics);
  return transform::freeze_norms(model, statistics);
}

}  // namespace genga::stylize
