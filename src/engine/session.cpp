// Runs the steps of a lowered plan, one after the other, in memory that is allocated once.
#include "engine/session.h"

#include <sys/mman.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <utility>

#include "engine/dnnl_guard.h"
#include "engine/parallel.h"
#include "engine/plan/describe.h"
#include "genga/base.h"
#include "genga/error.h"

namespace genga::engine {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

struct FreeArena {
  void operator()(std::byte* arena) const { std::free(arena); }
};
using Arena = std::unique_ptr<std::byte, FreeArena>;

Arena allocate_arena(std::int64_t bytes) {
  const std::int64_t available = available_memory_bytes();
  const std::size_t rounded = (static_cast<std::size_t>(bytes) + kHugePage - 1) / kHugePage * kHugePage;
  Arena arena(bytes <= available ? static_cast<std::byte*>(std::aligned_alloc(kHugePage, rounded)) : nullptr);
  if (!arena && bytes > 0) {
    fail(ErrorCode::kOutOfMemory, "a session needs {} and {} are available; use a smaller image or tile",
         format_bytes(bytes), format_bytes(available));
  }
  if (arena) madvise(arena.get(), rounded, MADV_HUGEPAGE);  // advice only: fewer TLB misses where the system allows
  return arena;
}

class PlannedSession : public Session {
 public:
  PlannedSession(std::shared_ptr<const SharedModel> model, Lowered lowered)
      : model_(std::move(model)),
        lowered_(std::move(lowered)),
        arena_(allocate_arena(lowered_.arena_bytes)),
        data_(lowered_.views.size(), nullptr) {
    const ScopedThreads threads(model_->threads);
    prepare_steps();
    for (std::size_t i = 0; i < data_.size(); ++i) {
      if (lowered_.value_offset[i] >= 0) data_[i] = reinterpret_cast<float*>(arena_.get() + lowered_.value_offset[i]);
    }
  }

  ir::Shape input_shape() const override { return lowered_.input; }
  ir::Shape output_shape() const override { return lowered_.output; }
  std::int64_t arena_bytes() const override { return lowered_.arena_bytes; }

  void run(std::span<const float> src, std::span<float> dst) override { run(src, dst, nullptr); }

  void run(std::span<const float> src, std::span<float> dst, weights::NormStatistics* statistics) override {
    bind(src, dst);
    const ScopedThreads threads(model_->threads);
    for (std::size_t i = 0; i < lowered_.tasks.size(); ++i) run_step(i, statistics);
  }

  std::vector<StepCost> profile(std::span<const float> src, std::span<float> dst) override {
    bind(src, dst);
    const ScopedThreads threads(model_->threads);
    std::vector<StepCost> costs;
    for (std::size_t i = 0; i < lowered_.tasks.size(); ++i) {
      const auto start = std::chrono::steady_clock::now();
      run_step(i, nullptr);
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      costs.push_back({describe_step(*model_, lowered_, i), taken.count(), count_step_macs(*model_, lowered_, i)});
    }
    return costs;
  }

 private:
  /// Side by side: one thread generates code while another packs weights.
  void prepare_steps() {
    std::mutex mutex;
    std::exception_ptr error;
    parallel_for(static_cast<std::int64_t>(lowered_.tasks.size()), [&](std::int64_t step) {
      const auto i = static_cast<std::size_t>(step);
      try {
        guarded(model_->plan.steps[i].name, [&] { lowered_.tasks[i]->prepare(); });
      } catch (...) {
        const std::lock_guard lock(mutex);
        error = std::current_exception();
      }
    });
    if (error) std::rethrow_exception(error);
  }

  void bind(std::span<const float> src, std::span<float> dst) {
    check_size("source", static_cast<std::int64_t>(src.size()), lowered_.input);
    check_size("destination", static_cast<std::int64_t>(dst.size()), lowered_.output);
    // No task writes to the input: a value's producer writes it, and the input has none.
    data_[static_cast<std::size_t>(model_->plan.input)] = const_cast<float*>(src.data());
    data_[static_cast<std::size_t>(model_->plan.output)] = dst.data();
  }

  void run_step(std::size_t i, weights::NormStatistics* statistics) {
    const std::int64_t scratch = lowered_.scratch_offset[i];
    guarded(model_->plan.steps[i].name, [&] {
      lowered_.tasks[i]->run({data_.data(), scratch < 0 ? nullptr : arena_.get() + scratch, statistics});
    });
  }

  static void check_size(const char* what, std::int64_t size, const ir::Shape& shape) {
    if (size != shape.size()) {
      fail(ErrorCode::kInvalidArgument, "{} has {} values, this session expects {} = {}", what, size,
           ir::to_string(shape), shape.size());
    }
  }

  std::shared_ptr<const SharedModel> model_;
  Lowered lowered_;
  Arena arena_;
  std::vector<float*> data_;  // by ValueId
};

}  // namespace

std::unique_ptr<Session> make_session(std::shared_ptr<const SharedModel> model, Lowered lowered) {
  return std::make_unique<PlannedSession>(std::move(model), std::move(lowered));
}

}  // namespace genga::engine
