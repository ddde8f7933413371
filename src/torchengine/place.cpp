// Device names and precisions in the terms of LibTorch.
#include "torchengine/place.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <charconv>

#include "genga/error.h"

namespace genga::torchengine {
namespace {

/// Requires: "cuda:N", or another name for the first GPU.
at::DeviceIndex gpu_number(std::string_view device) {
  int number = 0;
  const auto colon = device.find(':');
  if (colon != std::string_view::npos) {
    std::from_chars(device.data() + colon + 1, device.data() + device.size(), number);
  }
  const int n_gpus = static_cast<int>(c10::impl::VirtualGuardImpl(at::kCUDA).deviceCount());
  if (number >= n_gpus) {
    fail(ErrorCode::kUnsupported,
         "device '{}': LibTorch sees {} GPUs, numbered from 0; choose one of them, or use "
         "--device cpu",
         device, n_gpus);
  }
  return static_cast<at::DeviceIndex>(number);
}

at::Device find_device(std::string_view name) {
  if (name == "cpu-torch") return at::kCPU;
  if (!at::globalContext().hasCUDART()) {
    fail(ErrorCode::kUnsupported,
         "device '{}': Genga's module libgenga_torch.so was built with a LibTorch for CPUs; build Genga with an "
         "unpacked "
         "CUDA LibTorch (cmake -DCMAKE_PREFIX_PATH=/path/to/libtorch), or use --device cpu",
         name);
  }
  if (!has_gpu()) {
    fail(ErrorCode::kUnsupported,
         "device '{}': no GPU is visible; check nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu", name);
  }
  return {at::kCUDA, gpu_number(name)};
}

at::ScalarType find_arithmetic(engine::Precision precision, at::Device device) {
  if (precision == engine::Precision::kF32) return at::kFloat;
  if (precision == engine::Precision::kBf16) return at::kBFloat16;
  if (device.is_cpu()) {
    fail(ErrorCode::kUnsupported, "device 'cpu-torch': LibTorch computes f16 on GPUs only; use bf16 or f32");
  }
  return at::kHalf;
}

}  // namespace

bool has_gpu() {
  return at::hasCUDA();
}

torchnet::Compute find_place(const engine::EngineOptions& options) {
  const at::Device device = find_device(options.device);
  return {device, find_arithmetic(options.precision, device)};
}

std::string to_string(const torchnet::Compute& place) {
  const char* arithmetic = place.arithmetic == at::kHalf ? "f16" : place.arithmetic == at::kBFloat16 ? "bf16" : "f32";
  return fmt::format("{} in {}", place.device.is_cpu() ? "cpu-torch" : place.device.str(), arithmetic);
}

}  // namespace genga::torchengine
