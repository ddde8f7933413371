// AnimeGANv3's revision: one task per image and filter.
#include "train/filter_target/revision.h"

#include "filters/regions/regions.h"
#include "filters/resample.h"
#include "filters/smoothing/l0_smooth.h"

namespace genga::train {
namespace {

at::Tensor on_processor(const at::Tensor& images) {
  return images.detach().to(at::kCPU, at::kFloat).contiguous();
}

std::span<float> image(const at::Tensor& images, std::int64_t i) {
  const std::int64_t n = images.stride(0);
  return {images.data_ptr<float>() + i * n, static_cast<std::size_t>(n)};
}

}  // namespace

Revision::Revision(ThreadPool& pool, const RevisionOptions& options, const at::Tensor& support,
                   const at::Tensor& filtered)
    : support_(on_processor(support)),
      filtered_(on_processor(filtered)),
      result_{at::empty_like(support_), at::empty_like(filtered_)},
      device_(support.device()),
      group_(pool) {
  const auto width = static_cast<int>(support.size(3)), height = static_cast<int>(support.size(2));
  for (std::int64_t i = 0; i < support.size(0); ++i) {
    group_.add([=, from = image(support_, i), to = image(result_.image, i)] {
      filters::l0_smooth(filters::nl_means(filters::from_planar(from, width, height), options.denoise),
                         options.flatness, to);
    });
    group_.add([=, from = image(filtered_, i), to = image(result_.regions, i)] {
      const image::Image whole = filters::from_planar(from, width, height);
      filters::paint_means(whole, filters::segment(whole, options.regions), to);
    });
  }
}

Revised Revision::wait() {
  group_.wait();
  const auto back = [&](const at::Tensor& images) {
    return images.to(device_).contiguous(at::MemoryFormat::ChannelsLast);
  };
  return {back(result_.image), back(result_.regions)};
}

}  // namespace genga::train
