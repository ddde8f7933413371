// A session on any device of LibTorch, without overlap. All of it on CPUs.
#include "torchengine/session.h"

#include <ATen/Parallel.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <array>
#include <chrono>

#include "genga/error.h"
#include "torchengine/statistics.h"
#include "torchengine/streams.h"
#include "torchnet/torch_guard.h"

namespace genga::torchengine {
namespace {

using Clock = std::chrono::steady_clock;

std::array<std::int64_t, 4> dims(const ir::Shape& shape) {
  return {shape.n, shape.c, shape.h, shape.w};
}

void check_size(const char* what, std::size_t size, const ir::Shape& shape) {
  if (static_cast<std::int64_t>(size) != shape.size()) {
    fail(ErrorCode::kInvalidArgument, "{} has {} values, this session expects {} = {}", what, size,
         ir::to_string(shape), shape.size());
  }
}

/// Waits for what the device was told to do.
void finish_device(at::Device device) {
  if (device.is_cpu()) return;
  finish(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
}

/// Multiply-adds of a convolution or matrix product with that weight; 0 for other ops.
std::int64_t count_macs(const ir::Op& op, const at::Tensor& weight, const ir::Shape& src, const ir::Shape& dst) {
  if (std::holds_alternative<ir::ConvTranspose2d>(op)) return weight.numel() * src.h * src.w;
  const bool multiplies = std::holds_alternative<ir::Conv2d>(op) || std::holds_alternative<ir::Linear>(op);
  return multiplies ? weight.numel() * dst.h * dst.w : 0;
}

}  // namespace

at::Tensor tensor_of(std::span<const float> values, const ir::Shape& shape) {
  return at::from_blob(const_cast<float*>(values.data()), dims(shape), at::kFloat);  // read only
}

at::Tensor tensor_of(std::span<float> values, const ir::Shape& shape) {
  return at::from_blob(values.data(), dims(shape), at::kFloat);
}

void TorchSession::check_sizes(std::span<const float> src, std::span<float> dst) const {
  check_size("source", src.size(), input_);
  check_size("destination", dst.size(), output_);
}

void TorchSession::run_observed(std::span<const float> src, std::span<float> dst, const torchnet::Observer& observer) {
  check_sizes(src, dst);
  torchnet::guarded(ir::to_string(input_), [&] {
    if (at::get_num_threads() != program_.threads()) at::set_num_threads(program_.threads());
    const at::Tensor x = tensor_of(src, input_).to(program_.place().device);
    tensor_of(dst, output_).copy_(program_.forward(x, observer));
  });
}

void TorchSession::run(std::span<const float> src, std::span<float> dst, weights::NormStatistics* statistics) {
  if (statistics == nullptr) return run_observed(src, dst, nullptr);
  run_observed(src, dst, [&](const ir::Node& node, std::span<const at::Tensor> seen) {
    record_statistics(node, seen, program_.weight(node), *statistics);
  });
}

std::vector<engine::StepCost> TorchSession::profile(std::span<const float> src, std::span<float> dst) {
  const std::vector<ir::Shape> shapes = ir::infer_shapes(program_.graph(), input_);
  std::vector<engine::StepCost> costs;
  Clock::time_point start;
  const auto end_step = [&] {  // the observer is told before an op runs: then the one before has ended
    finish_device(program_.place().device);
    const Clock::time_point now = Clock::now();
    if (!costs.empty()) costs.back().seconds = std::chrono::duration<double>(now - start).count();
    start = now;
  };
  run_observed(src, dst, [&](const ir::Node& node, std::span<const at::Tensor>) {
    end_step();
    const auto shape_of = [&](ir::NodeId id) { return shapes.at(static_cast<std::size_t>(id)); };
    const ir::Shape dst_shape = shape_of(program_.graph().find(node.name));
    const ir::Shape src_shape = node.src.empty() ? dst_shape : shape_of(node.src[0]);
    costs.push_back({fmt::format("{:<44} {}  {}", ir::type_name(node.op), ir::to_string(dst_shape), node.name), 0,
                     count_macs(node.op, program_.weight(node), src_shape, dst_shape)});
  });
  end_step();
  return costs;
}

}  // namespace genga::torchengine
