// Guided filter on planar values. Source: He, Sun, Tang 2010, "Guided Image Filtering", eq. (5), (6), (8).
// Box sums run along columns and then along rows, in double: the cost does not depend on the radius. Bands of rows
// start afresh, so that rounding does not accumulate over a tall image and threads can share the work.
#include <algorithm>
#include <array>

#include "engine/ops/task.h"

namespace genga::engine {
namespace {

constexpr std::int64_t kBandRows = 64;

/// Means over the window around every pixel of a row, given sums over the window's rows for each column.
void window_means(const double* columns, std::int64_t w, std::int64_t radius, std::int64_t n_rows, float* means) {
  double sum = 0;
  for (std::int64_t x = 0; x < std::min(radius, w); ++x) sum += columns[x];
  for (std::int64_t x = 0; x < w; ++x) {
    if (x + radius < w) sum += columns[x + radius];
    if (x > radius) sum -= columns[x - radius - 1];
    const std::int64_t n_columns = std::min(x + radius, w - 1) - std::max<std::int64_t>(x - radius, 0) + 1;
    means[x] = static_cast<float>(sum / static_cast<double>(n_columns * n_rows));
  }
}

/// Slides a window of rows over a plane. add(y, sign) adds row y to the column sums or takes it away; emit(y, n_rows)
/// uses them.
template <class Add, class Emit>
void slide_rows(std::int64_t begin, std::int64_t end, std::int64_t h, std::int64_t radius, const Add& add,
                const Emit& emit) {
  for (std::int64_t y = std::max<std::int64_t>(begin - radius, 0); y < std::min(begin + radius, h); ++y) add(y, 1.0);
  for (std::int64_t y = begin; y < end; ++y) {
    if (y + radius < h) add(y + radius, 1.0);
    if (y > begin && y - radius - 1 >= 0) add(y - radius - 1, -1.0);
    emit(y, std::min(y + radius, h - 1) - std::max<std::int64_t>(y - radius, 0) + 1);
  }
}

class GuidedFilterTask : public Task {
 public:
  GuidedFilterTask(const GuidedFilterStep& filter, const TaskSetup& setup)
      : op_(filter.op), guide_(setup.src[0]), src_(setup.src[1]), dst_(setup.dst) {
    n_bands_ = (dst_.shape.h + kBandRows - 1) / kBandRows;
  }

  std::int64_t scratch_bytes() const override {
    const std::int64_t coefficients = 2 * dst_.size() * std::int64_t{sizeof(float)};
    return coefficients + dst_.shape.c * n_bands_ * line_bytes();
  }

  void run(const RunContext& context) override {
    auto* a = reinterpret_cast<float*>(context.scratch);
    float* b = a + dst_.size();
    auto* lines = reinterpret_cast<std::byte*>(b + dst_.size());
    const Planes planes{context.data[guide_.value], context.data[src_.value], a, b, context.data[dst_.value]};
    for_bands(lines, [&](const Band& band) { fit(planes, band); });
    for_bands(lines, [&](const Band& band) { apply(planes, band); });
  }

 private:
  struct Planes {
    const float* guide;
    const float* src;
    float* a;
    float* b;
    float* dst;
  };
  struct Band {
    std::int64_t channel, begin, end;
    double* columns;  // four lines
    float* means;     // four lines
  };

  std::int64_t line_bytes() const { return 4 * dst_.shape.w * std::int64_t{sizeof(double) + sizeof(float)}; }

  template <class Body>
  void for_bands(std::byte* lines, const Body& body) const {
    parallel_for(dst_.shape.c * n_bands_, [&](std::int64_t i) {
      const std::int64_t begin = i % n_bands_ * kBandRows;
      auto* columns = reinterpret_cast<double*>(lines + i * line_bytes());
      auto* means = reinterpret_cast<float*>(columns + 4 * dst_.shape.w);
      std::fill(columns, columns + 4 * dst_.shape.w, 0.0);
      body(Band{i / n_bands_, begin, std::min(begin + kBandRows, dst_.shape.h), columns, means});
    });
  }

  /// The line a * guide + b that fits the source best in every window.
  void fit(const Planes& planes, const Band& band) const {
    const std::int64_t w = dst_.shape.w;
    const auto add = [&](std::int64_t y, double sign) {
      const float* x = planes.guide + guide_.offset(band.channel, y);
      const float* v = planes.src + src_.offset(band.channel, y);
      for (std::int64_t i = 0; i < w; ++i) {
        const double xd = x[i];
        const double vd = v[i];
        band.columns[i] += sign * xd;
        band.columns[w + i] += sign * vd;
        band.columns[2 * w + i] += sign * xd * xd;
        band.columns[3 * w + i] += sign * xd * vd;
      }
    };
    slide_rows(band.begin, band.end, dst_.shape.h, op_.radius, add, [&](std::int64_t y, std::int64_t n_rows) {
      for (int k = 0; k < 4; ++k) window_means(band.columns + k * w, w, op_.radius, n_rows, band.means + k * w);
      float* a = planes.a + dst_.offset(band.channel, y);
      float* b = planes.b + dst_.offset(band.channel, y);
      for (std::int64_t i = 0; i < w; ++i) {
        const float x = band.means[i];
        const float v = band.means[w + i];
        a[i] = (band.means[3 * w + i] - x * v) / (band.means[2 * w + i] - x * x + op_.eps);
        b[i] = v - a[i] * x;
      }
    });
  }

  /// Means of the lines of all windows that hold a pixel.
  void apply(const Planes& planes, const Band& band) const {
    const std::int64_t w = dst_.shape.w;
    const auto add = [&](std::int64_t y, double sign) {
      const float* a = planes.a + dst_.offset(band.channel, y);
      const float* b = planes.b + dst_.offset(band.channel, y);
      for (std::int64_t i = 0; i < w; ++i) {
        band.columns[i] += sign * static_cast<double>(a[i]);
        band.columns[w + i] += sign * static_cast<double>(b[i]);
      }
    };
    slide_rows(band.begin, band.end, dst_.shape.h, op_.radius, add, [&](std::int64_t y, std::int64_t n_rows) {
      for (int k = 0; k < 2; ++k) window_means(band.columns + k * w, w, op_.radius, n_rows, band.means + k * w);
      const float* guide = planes.guide + guide_.offset(band.channel, y);
      float* dst = planes.dst + dst_.offset(band.channel, y);
      for (std::int64_t i = 0; i < w; ++i) dst[i] = band.means[i] * guide[i] + band.means[w + i];
    });
  }

  ir::GuidedFilter op_;
  View guide_, src_, dst_;
  std::int64_t n_bands_;
};

}  // namespace

TaskPtr make_task(const GuidedFilterStep& filter, const TaskSetup& setup) {
  return std::make_unique<GuidedFilterTask>(filter, setup);
}

}  // namespace genga::engine
