// AnimeGANv3's teacher of a step: the support tail's pictures revised by filters on the processor, many pictures at a
// time, while the step computes what does not depend on them. algorithms.md 7.5.
#pragma once

#include "data/filters/felzenszwalb.h"
#include "data/filters/nl_means.h"
#include "data/thread_pool.h"
#include "torchnet/aten.h"

namespace genga::train {

struct RevisionOptions {
  data::NlMeansOptions denoise{};
  double flatness = 0.005;  // lambda of the L0 filter
  data::FelzenszwalbOptions regions{};
};

/// Both [N,3,H,W] in [-1,1], on the device of the pictures, without gradient.
struct Revised {
  at::Tensor picture;  // denoised and flattened: what the main tail learns
  at::Tensor regions;  // every superpixel in its mean colour
};

/// One batch on its way. Threads: one thread; the pool may be shared.
class Revision {
 public:
  /// Begins. support: the tail's pictures; filtered: them after the guided filter. [N,3,H,W] in [-1,1].
  Revision(data::ThreadPool& pool, const RevisionOptions& options, const at::Tensor& support,
           const at::Tensor& filtered);
  /// The result does not depend on the number of threads. Throws Error: kOutOfMemory.
  Revised wait();

 private:
  at::Tensor support_, filtered_;  // on the processor, planar
  Revised result_;
  at::Device device_;
  data::TaskGroup group_;  // the last: it waits for the tasks before the tensors go
};

}  // namespace genga::train
