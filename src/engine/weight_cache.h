// Packed weights of one compiled model, shared by its sessions: one copy per step and memory format.
#pragma once

#include <dnnl.hpp>
#include <map>
#include <mutex>
#include <vector>

#include "engine/dnnl_guard.h"

namespace genga::engine {

class WeightCache {
 public:
  /// The weights of `step` in format `wanted`; made on first use from make_plain(), which returns f32 values laid out
  /// as `plain_desc`. Thread-safe, steps do not wait for one another; the returned memory is never written again.
  template <class MakePlain>
  dnnl::memory get(int step, const dnnl::memory::desc& wanted, const dnnl::memory::desc& plain_desc,
                   const MakePlain& make_plain) {
    return get(step, wanted, [&](dnnl::memory& packed) {
      std::vector<float> plain = make_plain();
      pack(plain, plain_desc, packed);
    });
  }
  /// Same for formats that fill(memory) writes itself.
  template <class Fill>
  dnnl::memory get(int step, const dnnl::memory::desc& wanted, const Fill& fill) {
    StepWeights& weights = of(step);
    const std::lock_guard lock(weights.mutex);
    for (const dnnl::memory& known : weights.packed) {
      if (known.get_desc() == wanted) return known;
    }
    dnnl::memory packed(wanted, cpu_engine());
    fill(packed);
    weights.packed.push_back(packed);
    return packed;
  }

 private:
  static void pack(std::vector<float>& plain, const dnnl::memory::desc& plain_desc, dnnl::memory& packed);

  struct StepWeights {
    std::mutex mutex;
    std::vector<dnnl::memory> packed;
  };
  StepWeights& of(int step) {
    const std::lock_guard lock(mutex_);
    return steps_[step];  // stays where it is
  }

  std::mutex mutex_;
  std::map<int, StepWeights> steps_;
};

}  // namespace genga::engine
