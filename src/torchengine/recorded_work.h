// What only CUDA's own headers offer; compiled without them it does the plain thing.
#pragma once

#include <c10/core/Stream.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "torchnet/aten.h"

namespace genga::torchengine {

/// Work on a GPU, recorded once as a CUDA graph: its hundred small kernels start without the CPU in between.
class RecordedWork {
 public:
  /// Runs `work` a few times first, so that cuDNN chooses its algorithms and memory is taken, then records it.
  /// Requires: work always touches the same tensors, asks nothing of the device and copies from or to no host memory.
  RecordedWork(std::function<void()> work, const c10::Stream& stream);
  ~RecordedWork();
  /// Enqueues the work on the stream, which must be the current one.
  void replay();

 private:
  struct Graph;
  std::function<void()> work_;
  std::unique_ptr<Graph> graph_;
};

/// Bytes free on a GPU once what this process holds in reserve is given back; none without CUDA.
std::optional<std::int64_t> free_device_bytes(at::Device device);

}  // namespace genga::torchengine
