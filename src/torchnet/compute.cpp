// Device and precision by the user's words, and which GPU a process uses.

#include "torchnet/compute.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include "genga/error.h"

namespace genga::torchnet {
namespace {

at::Device find_device(std::string_view name) {
  if (name == "cpu") return at::kCPU;
  if (name == "auto") return at::hasCUDA() ? at::kCUDA : at::kCPU;
  if (name != "cuda") fail(ErrorCode::kInvalidArgument, "device: is '{}', expected cpu, cuda or auto", name);
  if (at::hasCUDA()) return at::kCUDA;
  if (!at::globalContext().hasCUDART()) {
    fail(ErrorCode::kUnsupported,
         "device: is 'cuda', but this genga-train was built with a LibTorch for CPUs; build it with an unpacked CUDA "
         "LibTorch (cmake -DCMAKE_PREFIX_PATH=/path/to/libtorch), or use --device cpu");
  }
  fail(ErrorCode::kUnsupported,
       "device: is 'cuda', but no GPU is visible; check nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu");
}

/// Numbers that are not random: nobody's sequence of those moves. Channels-last.
at::Tensor some(at::IntArrayRef shape, at::MemoryFormat format = at::MemoryFormat::ChannelsLast) {
  at::Tensor all = at::zeros(shape, at::kFloat);
  return at::sin(at::arange(all.numel(), at::kFloat)).view(shape).contiguous(format);
}

/// compute(type), which returns an f32 or double tensor, is the same in f32 as in double, which oneDNN does not have.
template <class Compute>
bool is_right(const Compute& compute) {
  const at::Tensor wanted = compute(at::kDouble), found = compute(at::kFloat);
  return (found.to(at::kDouble) - wanted).norm().item<double>() < 1e-4 * wanted.norm().item<double>();
}

/// Two convolutions whose weights oneDNN puts into blocks that are not whole, large enough for LibTorch to ask oneDNN.
bool convolutions_are_right() {
  const at::NoGradGuard no_grad;
  return is_right([](at::ScalarType type) {
           return at::conv2d(some({2, 8, 9, 9}).to(type), some({16, 1, 3, 3}).to(type), {}, 2, 1, 1, 8);
         }) &&
         is_right([](at::ScalarType type) {
           constexpr auto kPlain = at::MemoryFormat::Contiguous;
           return std::get<0>(at::convolution_backward(some({2, 3, 32, 32}, kPlain).to(type),
                                                       some({2, 8, 32, 32}, kPlain).to(type),
                                                       some({3, 8, 3, 3}, kPlain).to(type), at::OptionalIntArrayRef(),
                                                       {1, 1}, {1, 1}, {1, 1}, false, {0, 0}, 1, {true, false, false}));
         });
}

at::ScalarType find_arithmetic(std::string_view precision, at::Device device) {
  if (precision == "f32") return at::kFloat;
  if (precision == "bf16") {
    if (device.is_cpu() && !use_onednn_if_right()) {
      fail(ErrorCode::kUnsupported,
           "precision: is 'bf16', which needs oneDNN, and that is off or computes wrong convolutions here (Debian 13's "
           "3.7 "
           "does); use f32");
    }
    return at::kBFloat16;
  }
  if (precision != "f16") fail(ErrorCode::kInvalidArgument, "precision: is '{}', expected f32, bf16 or f16", precision);
  if (device.is_cpu()) {
    fail(ErrorCode::kInvalidArgument, "precision: f16 needs a GPU and the device is the CPU; use bf16 or f32");
  }
  return at::kHalf;
}

}  // namespace

Compute find_compute(std::string_view device, std::string_view precision) {
  const at::Device found = find_device(device);
  return {found, find_arithmetic(precision, found)};
}

bool use_onednn_if_right() {
  static const bool right = [] {
    if (!at::globalContext().userEnabledMkldnn()) return false;
    const bool ok = convolutions_are_right();
    if (!ok) at::globalContext().setUserEnabledMkldnn(false);
    return ok;
  }();
  return right;
}

void use_gpu(int local_rank) {
  if (!at::hasCUDA()) return;
  const c10::impl::VirtualGuardImpl gpus(at::kCUDA);
  const int index = local_rank % static_cast<int>(gpus.deviceCount());
  gpus.setDevice(at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index)));
}

}  // namespace genga::torchnet
