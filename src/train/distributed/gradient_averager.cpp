// Buckets of gradients, each summed over all ranks as soon as its last gradient is there.
#include "train/distributed/gradient_averager.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <utility>

namespace genga::train {

/// Gradients behind each other in one buffer, then for each of them 1 if this rank has it.
struct GradientAverager::Bucket {
  std::vector<at::Tensor> leaves;
  at::Tensor buffer;  // [sum of sizes + number of leaves]
  std::size_t n_missing = 0;
  World::Pending pending;

  std::int64_t size() const {
    std::int64_t total = 0;
    for (const at::Tensor& leaf : leaves) total += leaf.numel();
    return total;
  }
  void start(World& world);
  void finish(int n_ranks);
};

/// The node holds a leaf's hook; the leaf itself keeps it only while a backward graph needs it.
struct GradientAverager::Hook {
  std::shared_ptr<torch::autograd::Node> node;
  std::uintptr_t key;
};

void GradientAverager::Bucket::start(World& world) {
  if (!buffer.defined()) {
    const auto n = size() + static_cast<std::int64_t>(leaves.size());
    buffer = at::empty({n}, at::dtype(at::kFloat).device(world.buffer_device()));
  }
  std::int64_t at_value = 0, at_flag = size();
  for (const at::Tensor& leaf : leaves) {
    const at::Tensor part = buffer.narrow(0, at_value, leaf.numel()).view(leaf.sizes());
    const at::Tensor& gradient = leaf.grad();
    if (gradient.defined()) {
      part.copy_(gradient);
    } else {
      part.zero_();
    }
    buffer[at_flag++].fill_(gradient.defined() ? 1 : 0);
    at_value += leaf.numel();
  }
  pending = world.start_sum(buffer);
}

void GradientAverager::Bucket::finish(int n_ranks) {
  pending.wait();
  const at::Tensor flags = buffer.narrow(0, size(), static_cast<std::int64_t>(leaves.size())).cpu();
  buffer.div_(n_ranks);
  std::int64_t at_value = 0;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const at::Tensor& leaf = leaves[i];
    if (flags.data_ptr<float>()[i] > 0) {
      if (!leaf.grad().defined()) leaf.mutable_grad() = at::empty_like(leaf);
      leaf.mutable_grad().copy_(buffer.narrow(0, at_value, leaf.numel()).view(leaf.sizes()));
    }
    at_value += leaf.numel();
  }
}

GradientAverager::GradientAverager(World& world, const std::vector<at::Tensor>& leaves) : world_(world) {
  if (world.count() == 1) return;
  seen_.resize(leaves.size());
  std::int64_t room = 0;
  for (auto leaf = leaves.rbegin(); leaf != leaves.rend(); ++leaf) {  // backward meets the last ones first
    if (room <= 0) {
      room = buckets_.empty() ? kFirstBucketBytes : kBucketBytes;
      buckets_.emplace_back();
    }
    room -= leaf->numel() * static_cast<std::int64_t>(sizeof(float));
    buckets_.back().leaves.push_back(*leaf);
    add_hook(*leaf, buckets_.size() - 1);
  }
}

GradientAverager::~GradientAverager() {
  for (const Hook& hook : hooks_) hook.node->del_post_hook(hook.key);
}

void GradientAverager::add_hook(const at::Tensor& leaf, std::size_t bucket) {
  using torch::autograd::variable_list;
  const std::size_t number = hooks_.size();
  std::shared_ptr<torch::autograd::Node> node = torch::autograd::impl::grad_accumulator(leaf);
  // After the gradient has been added to leaf.grad(); a hook on the tensor itself would come before.
  auto hook = std::make_unique<torch::autograd::utils::LambdaPostHook>(
      [this, number, bucket](const variable_list& outputs, const variable_list&) {
        on_gradient(number, bucket);
        return outputs;
      });
  const std::uintptr_t key = node->add_post_hook(std::move(hook));
  hooks_.push_back({std::move(node), key});
}

void GradientAverager::begin() {
  if (buckets_.empty()) return;
  seen_.assign(seen_.size(), false);
  for (Bucket& bucket : buckets_) {
    bucket.pending.wait();  // begun and not finished: the step before ended by an exception
    bucket.n_missing = bucket.leaves.size();
  }
  n_started_ = 0;
  active_ = true;
}

void GradientAverager::on_gradient(std::size_t leaf, std::size_t bucket) {
  if (!active_) return;
  if (seen_[leaf]) {
    several_backwards_ = true;
    return;
  }
  seen_[leaf] = true;
  --buckets_[bucket].n_missing;
  if (!several_backwards_) start_ready_buckets();
}

void GradientAverager::start_ready_buckets() {
  const at::NoGradGuard no_grad;
  while (n_started_ < buckets_.size() && buckets_[n_started_].n_missing == 0) buckets_[n_started_++].start(world_);
}

void GradientAverager::finish() {
  if (!active_) return;
  active_ = false;
  const at::NoGradGuard no_grad;
  if (several_backwards_) {  // what was begun during the first backward lacks the others' part
    for (Bucket& bucket : buckets_) bucket.pending.wait();
    n_started_ = 0;
  }
  for (; n_started_ < buckets_.size(); ++n_started_) buckets_[n_started_].start(world_);
  for (Bucket& bucket : buckets_) bucket.finish(world_.count());
}

}  // namespace genga::train
