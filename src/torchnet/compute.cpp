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

at::ScalarType find_arithmetic(std::string_view precision, at::Device device) {
  if (precision == "f32") return at::kFloat;
  if (precision == "bf16") return at::kBFloat16;
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

void use_gpu(int local_rank) {
  if (!at::hasCUDA()) return;
  const c10::impl::VirtualGuardImpl gpus(at::kCUDA);
  const int index = local_rank % static_cast<int>(gpus.deviceCount());
  gpus.setDevice(at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index)));
}

}  // namespace genga::torchnet
