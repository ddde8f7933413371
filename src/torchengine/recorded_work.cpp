// CUDA graphs where LibTorch has CUDA; everywhere else the work is simply run again.
#include "torchengine/recorded_work.h"

#include <c10/core/StreamGuard.h>

#include "torchengine/streams.h"

#ifdef GENGA_TORCH_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace genga::torchengine {

constexpr int kWarmUpRuns = 3;  // as PyTorch's notes on CUDA graphs advise

#ifdef GENGA_TORCH_CUDA

struct RecordedWork::Graph {
  at::cuda::CUDAGraph graph;
};

std::optional<std::int64_t> free_device_bytes(at::Device device) {
  if (!device.is_cuda()) return std::nullopt;
  const c10::cuda::CUDAGuard guard(device);
  c10::cuda::CUDACachingAllocator::emptyCache();
  std::size_t free = 0, total = 0;
  C10_CUDA_CHECK(cudaMemGetInfo(&free, &total));
  return static_cast<std::int64_t>(free);
}

#else

struct RecordedWork::Graph {};

std::optional<std::int64_t> free_device_bytes(at::Device) {
  return std::nullopt;
}

#endif

RecordedWork::RecordedWork(std::function<void()> work, const c10::Stream& stream) : work_(std::move(work)) {
  const c10::StreamGuard guard(stream);
  for (int i = 0; i < kWarmUpRuns; ++i) work_();
  finish(stream);
#ifdef GENGA_TORCH_CUDA
  c10::cuda::CUDACachingAllocator::emptyCache();  // of those runs: a graph takes memory of its own
  graph_ = std::make_unique<Graph>();
  graph_->graph.capture_begin();
  work_();
  graph_->graph.capture_end();
#endif
}

RecordedWork::~RecordedWork() = default;

void RecordedWork::replay() {
#ifdef GENGA_TORCH_CUDA
  graph_->graph.replay();
#else
  work_();
#endif
}

}  // namespace genga::torchengine
