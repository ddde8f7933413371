// Devices by name, and the module that serves those which are not the CPU.
#include "engine/load_module.h"

#include <algorithm>
#include <filesystem>

#include "genga/error.h"
#include "genga/system.h"

namespace genga::engine {
namespace {

[[noreturn]] void refuse(const char* file, std::string_view device, std::string_view why) {
  fail(ErrorCode::kUnsupported,
       "device '{}' needs Genga's module {} and LibTorch, which cannot be loaded: {}; build "
       "Genga with LibTorch, for GPUs a CUDA one, and install it (make install), or use --device cpu",
       device, file, why);
}

const Module& module(std::string_view device) {
  static const Module& loaded = load_module(GENGA_TORCH_MODULE, device);
  return loaded;
}

/// Spares machines without a GPU's driver the loading of LibTorch.
bool may_have_gpu() {
  constexpr const char* kDrivers[] = {"/dev/nvidiactl", "/dev/dxg", "/dev/kfd"};  // NVIDIA, WSL, AMD
  std::error_code ignored;
  return std::any_of(std::begin(kDrivers), std::end(kDrivers),
                     [&](const char* path) { return std::filesystem::exists(path, ignored); });
}

/// "auto": the module if there is a GPU for it.
const Module* module_with_gpu() {
  if (!may_have_gpu()) return nullptr;
  try {
    const Module& found = module("auto");
    return found.has_gpu() ? &found : nullptr;
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

const Module& load_module(const char* file, std::string_view device) {
  void* entry = nullptr;
  try {
    entry = load_symbol(file, kEntryPoint);
  } catch (const Error& error) {
    refuse(file, device, error.what());
  }
  const Module* found = reinterpret_cast<EntryPoint>(entry)();
  if (found->version != GENGA_VERSION) {
    refuse(file, device, fmt::format("it is of version {}, expected {}", found->version, GENGA_VERSION));
  }
  return *found;
}

bool is_device(std::string_view text) {
  if (text.starts_with("cuda:")) {
    const std::string_view number = text.substr(5);
    return !number.empty() && number.size() <= 2 && number.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return text == "auto" || text == "cpu" || text == "cuda" || text == "cpu-torch";
}

const Module* module_for(std::string_view device) {
  if (!is_device(device)) {
    fail(ErrorCode::kInvalidArgument, "device '{}': auto, cpu, cuda, cuda:N or cpu-torch was expected", device);
  }
  if (device == "cpu") return nullptr;
  return device == "auto" ? module_with_gpu() : &module(device);
}

Precision default_precision(std::string_view device) {
  return device == "cpu-torch" || module_for(device) == nullptr ? Precision::kF32 : Precision::kF16;
}

}  // namespace genga::engine
