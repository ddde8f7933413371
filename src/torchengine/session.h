// One image size of a program.
#pragma once

#include <memory>

#include "torchengine/program.h"

namespace genga::torchengine {

/// What sessions on all devices have in common. Also all of a session on the CPU.
class TorchSession : public engine::Session {
 public:
  TorchSession(const Program& program, const ir::Shape& input, const ir::Shape& output, std::int64_t bytes)
      : program_(program), input_(input), output_(output), bytes_(bytes) {}

  ir::Shape input_shape() const override { return input_; }
  ir::Shape output_shape() const override { return output_; }
  std::int64_t arena_bytes() const override { return bytes_; }
  void run(std::span<const float> src, std::span<float> dst) override { run(src, dst, nullptr); }
  void run(std::span<const float> src, std::span<float> dst, weights::NormStatistics* statistics) override;
  std::vector<engine::StepCost> profile(std::span<const float> src, std::span<float> dst) override;

 protected:
  void check_sizes(std::span<const float> src, std::span<float> dst) const;
  /// The network op by op, each told to the observer.
  void run_observed(std::span<const float> src, std::span<float> dst, const torchnet::Observer& observer);

  Program program_;

 private:
  ir::Shape input_, output_;
  std::int64_t bytes_;
};

/// Views of the caller's memory.
at::Tensor tensor_of(std::span<const float> values, const ir::Shape& shape);
at::Tensor tensor_of(std::span<float> values, const ir::Shape& shape);

/// With page-locked buffers, copies beside the computing, and a CUDA graph. Throws Error: kOutOfMemory.
std::unique_ptr<engine::Session> make_gpu_session(const Program& program, const ir::Shape& input,
                                                  const ir::Shape& output, std::int64_t bytes);

}  // namespace genga::torchengine
