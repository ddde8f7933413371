// Mean gradients over all ranks, summed while backward() still runs. Buckets as in PyTorch's DistributedDataParallel:
// Li et al. 2020, arXiv 2006.15704, section 3.2.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "torchnet/aten.h"
#include "train/distributed/world.h"

namespace genga::train {

/// Of the weights of one optimizer. Each optimizer step: begin(), backward(), finish().
class GradientAverager {
 public:
  static constexpr std::int64_t kBucketBytes = 25 << 20;
  static constexpr std::int64_t kFirstBucketBytes = 1 << 20;  // small: the first sum starts early

  /// leaves: f32 weights in the order in which forward uses them, the same on every rank. The world must live longer.
  GradientAverager(World& world, const std::vector<at::Tensor>& leaves);
  ~GradientAverager();
  GradientAverager(const GradientAverager&) = delete;
  GradientAverager& operator=(const GradientAverager&) = delete;

  /// The gradients are cleared; those of the next backward() count.
  void begin();
  /// Every gradient becomes its mean over all ranks; one that is missing on some ranks counts there as zero, one that
  /// is missing everywhere stays so. Throws Error: kIo as World does.
  void finish();

 private:
  struct Bucket;
  struct Hook;

  void add_hook(const at::Tensor& leaf, std::size_t bucket);
  void on_gradient(std::size_t leaf, std::size_t bucket);
  void start_ready_buckets();

  World& world_;
  std::vector<Bucket> buckets_;
  std::vector<Hook> hooks_;
  std::vector<bool> seen_;          // by leaf: has its gradient since begin()
  std::size_t n_started_ = 0;       // buckets start in order, so that all ranks start the same ones
  bool active_ = false;             // between begin() and finish()
  bool several_backwards_ = false;  // gradients of this optimizer accumulate: sums can only start at the end
};

}  // namespace genga::train
