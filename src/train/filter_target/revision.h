// AnimeGANv3's filter target of a step: the support tail's images revised by filters on the processor, many images at a
// time, while the step computes what does not depend on them. algorithms.md 7.5.
#pragma once

#include "filters/regions/felzenszwalb.h"
#include "filters/smoothing/nl_means.h"
#include "genga/thread_pool.h"
#include "torchnet/aten.h"

namespace genga::train {

struct RevisionOptions {
  filters::NlMeansOptions denoise{};
  double flatness = 0.005;  // lambda of the L0 filter
  filters::FelzenszwalbOptions regions{};
};

/// Both [N,3,H,W] in [-1,1], on the device of the images, without gradient.
struct Revised {
  at::Tensor image;    // denoised and flattened: what the main tail learns
  at::Tensor regions;  // every superpixel in its mean color
};

/// The revision of one batch while it is computed. Threads: one thread; the pool may be shared.
class Revision {
 public:
  /// Begins. support: the tail's images; filtered: them after the guided filter. [N,3,H,W] in [-1,1].
  Revision(ThreadPool& pool, const RevisionOptions& options, const at::Tensor& support, const at::Tensor& filtered);
  /// The result does not depend on the number of threads. Throws Error: kOutOfMemory.
  Revised wait();

 private:
  at::Tensor support_, filtered_;  // on the processor, planar
  Revised result_;
  at::Device device_;
  TaskGroup group_;  // the last: it waits for the tasks before the tensors go
};

}  // namespace genga::train
