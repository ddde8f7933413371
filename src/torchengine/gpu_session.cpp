// A session on a GPU: copies and computing overlap, and the network runs as a CUDA graph.
#include <c10/core/DeviceGuard.h>
#include <c10/core/Event.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "torchengine/recorded_work.h"
#include "torchengine/session.h"
#include "torchengine/streams.h"
#include "torchnet/torch_guard.h"

namespace genga::torchengine {
namespace {

constexpr int kSlots = 2;

at::Tensor empty(const ir::Shape& shape, const at::TensorOptions& options) {
  return at::empty({shape.n, shape.c, shape.h, shape.w}, options.dtype(at::kFloat));
}

/// One image on its way: page-locked memory, from which a GPU copies by itself, and its copies on the device.
struct Slot {
  Slot(const ir::Shape& input, const ir::Shape& output, at::Device device)
      : stream(new_stream(device)),
        copied_in(device.type()),
        computed(device.type()),
        host_src(empty(input, at::TensorOptions().pinned_memory(true))),
        host_dst(empty(output, at::TensorOptions().pinned_memory(true))),
        src(empty(input, device)),
        dst(empty(output, device)) {}

  c10::Stream stream;  // copies in, copies out
  c10::Event copied_in, computed;
  at::Tensor host_src, host_dst, src, dst;
  std::span<float> result;  // of the caller who started it
};

/// Two slots take turns: while the network computes one image, the next is copied to the device and the last one
/// from it. The network itself runs on one stream, always on the same two tensors, as a recorded graph must.
class GpuSession : public TorchSession {
 public:
  GpuSession(const Program& program, const ir::Shape& input, const ir::Shape& output, std::int64_t bytes)
      : TorchSession(program, input, output, bytes),
        device_(program.place().device),
        compute_(new_stream(device_)),
        src_(at::zeros({input.n, input.c, input.h, input.w}, at::device(device_))),
        dst_(empty(output, device_)) {
    at::globalContext().setBenchmarkCuDNN(true);
    at::globalContext().setAllowTF32CuDNN(false);  // f32 means f32
    slots_.reserve(kSlots);
    for (int i = 0; i < kSlots; ++i) slots_.emplace_back(input, output, device_);
    finish(c10::impl::VirtualGuardImpl(device_.type()).getStream(device_));  // which made src_
    work_ = std::make_unique<RecordedWork>(
        [this] {
          const c10::InferenceMode no_gradients;
          dst_.copy_(program_.forward(src_));
        },
        compute_);
  }
  ~GpuSession() override {
    for (const Slot& slot : slots_) finish_quietly(slot.stream);  // before their memory goes
    finish_quietly(compute_);
  }

  void run(std::span<const float> src, std::span<float> dst) override {
    start(src, dst);
    while (n_under_way_ > 0) wait();
  }
  void run(std::span<const float> src, std::span<float> dst, weights::NormStatistics* statistics) override {
    const c10::DeviceGuard guard(device_);
    TorchSession::run(src, dst, statistics);
  }

  int max_started() const override { return kSlots; }

  void start(std::span<const float> src, std::span<float> dst) override {
    check_sizes(src, dst);
    torchnet::guarded(ir::to_string(input_shape()), [&] {
      if (n_under_way_ == kSlots) wait();
      enqueue(slots_[next_], src, dst);
      next_ = (next_ + 1) % kSlots;
      ++n_under_way_;
    });
  }

  void wait() override {
    if (n_under_way_ == 0) return;
    torchnet::guarded(ir::to_string(input_shape()), [&] {
      const Slot& slot = slots_[(next_ + kSlots - n_under_way_) % kSlots];
      --n_under_way_;
      finish(slot.stream);
      tensor_of(slot.result, output_shape()).copy_(slot.host_dst);
    });
  }

 private:
  void enqueue(Slot& slot, std::span<const float> src, std::span<float> dst) {
    const c10::DeviceGuard guard(device_);
    const c10::InferenceMode no_gradients;
    slot.result = dst;
    slot.host_src.copy_(tensor_of(src, input_shape()));
    {
      const c10::StreamGuard current(slot.stream);
      slot.src.copy_(slot.host_src, /*non_blocking=*/true);
      slot.copied_in.record(slot.stream);
    }
    slot.copied_in.block(compute_);
    {
      const c10::StreamGuard current(compute_);
      src_.copy_(slot.src);
      work_->replay();
      slot.dst.copy_(dst_);
      slot.computed.record(compute_);
    }
    slot.computed.block(slot.stream);
    const c10::StreamGuard current(slot.stream);
    slot.host_dst.copy_(slot.dst, /*non_blocking=*/true);
  }

  const at::Device device_;
  c10::Stream compute_;
  at::Tensor src_, dst_;  // the recorded graph's
  std::vector<Slot> slots_;
  std::unique_ptr<RecordedWork> work_;
  int next_ = 0;
  int n_under_way_ = 0;
};

}  // namespace

std::unique_ptr<engine::Session> make_gpu_session(const Program& program, const ir::Shape& input,
                                                  const ir::Shape& output, std::int64_t bytes) {
  return torchnet::guarded(ir::to_string(input),
                           [&] { return std::make_unique<GpuSession>(program, input, output, bytes); });
}

}  // namespace genga::torchengine
