// A oneDNN primitive with its arguments bound to values, packed weights and scratch memory.
#pragma once

#include <dnnl.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/dnnl_guard.h"
#include "engine/ops/task.h"

namespace genga::engine {

class DnnlCall {
 public:
  /// The memory of `value` at run time, seen as `desc`.
  void bind_value(int argument, const dnnl::memory::desc& desc, ValueId value) {
    dnnl::memory memory(desc, cpu_engine(), DNNL_MEMORY_NONE);
    arguments_.emplace(argument, memory);
    moving_.emplace_back(memory, value);
  }
  void bind_constant(int argument, const dnnl::memory& memory) { arguments_.emplace(argument, memory); }
  void bind_scratch(const dnnl::memory::desc& desc) {
    scratch_ = dnnl::memory(desc, cpu_engine(), DNNL_MEMORY_NONE);
    arguments_.emplace(DNNL_ARG_SCRATCHPAD, scratch_);
  }
  /// Memory at `offset` bytes of the step's scratch memory.
  void bind_work(int argument, const dnnl::memory::desc& desc, std::int64_t offset) {
    dnnl::memory memory(desc, cpu_engine(), DNNL_MEMORY_NONE);
    arguments_.emplace(argument, memory);
    work_.emplace_back(memory, offset);
  }
  void set_primitive(dnnl::primitive primitive) { primitive_ = std::move(primitive); }

  void run(const RunContext& context) {
    for (auto& [memory, value] : moving_) memory.set_data_handle(context.data[value]);
    for (auto& [memory, offset] : work_) memory.set_data_handle(context.scratch + offset);
    if (scratch_) scratch_.set_data_handle(context.scratch);
    primitive_.execute(stream_, arguments_);
    stream_.wait();
  }

 private:
  dnnl::stream stream_{cpu_engine()};
  dnnl::primitive primitive_;
  std::unordered_map<int, dnnl::memory> arguments_;
  std::vector<std::pair<dnnl::memory, ValueId>> moving_;
  std::vector<std::pair<dnnl::memory, std::int64_t>> work_;
  dnnl::memory scratch_;
};

/// How oneDNN sees a value: channels filled up to whole blocks are channels like any other.
inline dnnl::memory::desc desc_of(const View& view, dnnl::memory::data_type type = dnnl::memory::data_type::f32) {
  using dnnl::memory;
  const auto tag = view.block_channels == 16  ? memory::format_tag::nChw16c
                   : view.block_channels == 8 ? memory::format_tag::nChw8c
                                              : memory::format_tag::nchw;
  return {{1, view.stored_channels(), view.stored_h(), view.stored_w()}, type, tag};
}

}  // namespace genga::engine
