// Copies batches into tensors, and ahead of time to a GPU.
#include "train/run/batch_feed.h"

#include <ATen/Parallel.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <omp.h>

namespace genga::train {
namespace {

/// Applies `change` to every tensor that is there.
template <class Change>
Images each(const Images& images, const Change& change) {
  const auto one = [&](const at::Tensor& tensor) { return tensor.defined() ? change(tensor) : tensor; };
  return {one(images.photo), one(images.style), one(images.style_smooth), one(images.photo_segments),
          one(images.target)};
}

}  // namespace

Images to_images(const loader::Batch& batch, const loader::LoaderOptions& made_with) {
  const auto tensor = [&](const std::vector<float>& values, std::int64_t side) {
    if (values.empty()) return at::Tensor();
    return at::from_blob(const_cast<float*>(values.data()), {made_with.own_items(), 3, side, side}, at::kFloat)
        .clone(at::MemoryFormat::ChannelsLast);
  };
  const std::int64_t crop = made_with.crop_px;
  return {tensor(batch.photo, crop + 2 * made_with.photo_margin_px),
          tensor(batch.style, crop),
          tensor(batch.style_smooth, crop),
          tensor(batch.photo_segments, crop),
          {}};
}

Images to_device(const Images& images, at::Device device) {
  return each(images, [&](const at::Tensor& tensor) { return tensor.to(device); });
}

Images mirrored(const Images& images) {
  return each(images, [](const at::Tensor& tensor) { return tensor.flip({3}); });
}

BatchFeed::BatchFeed(loader::ImageStore& photos, loader::ImageStore& styles, const loader::LoaderOptions& options,
                     const Method& method, at::Device device)
    : options_(options), method_(method), device_(device), loader_(photos, styles, options) {
  // Other threads have other current GPUs.
  if (!device_.is_cpu()) device_ = c10::impl::VirtualGuardImpl(device_.type()).getDevice();
}

/// On a thread of its own, with one thread of LibTorch's, which so stays out of the step's way.
Images BatchFeed::next_on_cpu() {
  static_cast<void>(at::get_num_threads());  // sets this thread's number once, which would undo the next line later
  omp_set_num_threads(1);
  Images images = to_images(loader_.next(), options_);
  method_.prepare(images);
  return images;
}

/// On a thread of its own: returns when the copy is complete.
Images BatchFeed::next_on_gpu() {
  const c10::impl::VirtualGuardImpl gpu(device_.type());
  gpu.setDevice(device_);
  const c10::Stream side = gpu.getStreamFromGlobalPool(device_);
  const c10::StreamGuard guard(side);
  const Images pinned = each(to_images(loader_.next(), options_), [](const at::Tensor& t) { return t.pin_memory(); });
  const Images copied = each(pinned, [&](const at::Tensor& t) { return t.to(device_, t.scalar_type(), true); });
  gpu.synchronizeStream(side);
  return copied;
}

Images BatchFeed::next() {
  const auto start = [this] {
    return std::async(std::launch::async, [this] { return device_.is_cpu() ? next_on_cpu() : next_on_gpu(); });
  };
  if (!ahead_.valid()) ahead_ = start();
  const Images images = ahead_.get();
  ahead_ = start();
  if (device_.is_cpu()) return images;
  // The memory belongs to the side stream: it must not be given away again while this stream works with it.
  const c10::Stream here = c10::impl::VirtualGuardImpl(device_.type()).getStream(device_);
  return each(images, [&](at::Tensor t) {
    t.record_stream(here);
    return t;
  });
}

}  // namespace genga::train
