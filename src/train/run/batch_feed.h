// Batches as tensors on the device that trains. For a GPU the next one is copied from pinned memory on a side stream
// while the step computes.
#pragma once

#include <future>

#include "loader/loader.h"
#include "train/method.h"

namespace genga::train {

/// Copies, channels_last; undefined where the batch holds nothing.
Images to_images(const loader::Batch& batch, const loader::LoaderOptions& made_with);

/// A copy on another device; the same tensors if they are there already.
Images to_device(const Images& images, at::Device device);

/// Left and right exchanged.
Images mirrored(const Images& images);

class BatchFeed {
 public:
  /// The stores and the method must live longer. device: the CPU, or the current GPU. On the CPU the next batch is
  /// prepared (Method::prepare) on a thread of its own while the step computes.
  BatchFeed(loader::ImageStore& photos, loader::ImageStore& styles, const loader::LoaderOptions& options,
            const Method& method, at::Device device);
  /// The next batch in order; waits for it. Throws what loader::make_batch and Method::prepare threw. One thread calls
  /// it.
  Images next();

 private:
  Images next_on_cpu();
  Images next_on_gpu();

  loader::LoaderOptions options_;
  const Method& method_;
  at::Device device_;  // with its index
  loader::Loader loader_;
  std::future<Images> ahead_;  // ends before the loader does
};

}  // namespace genga::train
