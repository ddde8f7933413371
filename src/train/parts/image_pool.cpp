// The replay buffer and its tensors in a checkpoint.
#include "train/parts/image_pool.h"

#include <algorithm>
#include <utility>

#include "genga/error.h"
#include "torchnet/convert.h"

namespace genga::train {

at::Tensor ImagePool::exchange(const at::Tensor& fakes, StepContext& context) {
  const at::NoGradGuard no_grad;
  const std::int64_t n = fakes.size(0);
  // Two numbers an image, drawn whether they are used or not: what comes later does not depend on the pool.
  const at::Tensor numbers = context.uniform({n, 2}).contiguous();
  const float* number = numbers.data_ptr<float>();
  std::vector<at::Tensor> shown;
  for (std::int64_t i = 0; i < n; ++i, number += 2) {
    const at::Tensor fake = fakes.detach().narrow(0, i, 1).clone();
    shown.push_back(fake);
    if (images_.size() < capacity_) {
      images_.push_back(fake);
    } else if (number[0] >= 0.5F && capacity_ > 0) {
      // A float below 1 times the capacity may round up to it.
      const auto place = std::min(static_cast<std::size_t>(number[1] * static_cast<float>(capacity_)), capacity_ - 1);
      std::swap(shown.back(), images_[place]);
      shown.back() = shown.back().to(fakes.device());
    }
  }
  return at::cat(shown).contiguous(at::MemoryFormat::ChannelsLast);
}

void ImagePool::save(weights::TensorMap& state, const std::string& prefix) const {
  if (!images_.empty()) state[prefix + "images"] = torchnet::from_torch(at::cat(images_));
}

void ImagePool::load(const weights::TensorMap& state, const std::string& prefix) {
  images_.clear();
  const auto it = state.find(prefix + "images");
  if (it == state.end()) return;
  const at::Tensor images = torchnet::to_torch(it->second);
  if (images.dim() != 4 || images.size(0) > static_cast<std::int64_t>(capacity_)) {
    fail(ErrorCode::kCorruptData, "training state: tensor '{}images' has shape {}, expected at most {} images", prefix,
         c10::str(images.sizes()), capacity_);
  }
  for (std::int64_t i = 0; i < images.size(0); ++i) images_.push_back(images.narrow(0, i, 1).clone());
}

}  // namespace genga::train
