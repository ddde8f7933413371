// Numbers regions in reading order and paints them with their mean colors.
#include "filters/regions/regions.h"

#include <unordered_map>

namespace genga::filters {

Regions number_regions(int width, int height, std::span<const std::int32_t> ids) {
  Regions regions{width, height, 0, {}};
  regions.label.reserve(ids.size());
  std::unordered_map<std::int32_t, std::int32_t> numbers;
  for (const std::int32_t id : ids) {
    const auto [at, is_new] = numbers.try_emplace(id, regions.count);
    if (is_new) ++regions.count;
    regions.label.push_back(at->second);
  }
  return regions;
}

void paint_means(const image::Image& src, const Regions& regions, std::span<float> dst) {
  const std::size_t n = regions.label.size();
  struct Total {
    std::int64_t rgb[3] = {}, pixels = 0;
  };
  std::vector<Total> totals(static_cast<std::size_t>(regions.count));
  for (std::size_t i = 0; i < n; ++i) {
    Total& total = totals[static_cast<std::size_t>(regions.label[i])];
    for (std::size_t c = 0; c < 3; ++c) total.rgb[c] += src.rgb[i * 3 + c];
    ++total.pixels;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const Total& total = totals[static_cast<std::size_t>(regions.label[i])];
    for (std::size_t c = 0; c < 3; ++c) {
      const double mean = static_cast<double>(total.rgb[c]) / static_cast<double>(total.pixels);
      dst[c * n + i] = static_cast<float>(mean / 127.5 - 1);
    }
  }
}

}  // namespace genga::filters
