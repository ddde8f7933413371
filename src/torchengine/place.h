// Where a network runs and with what arithmetic, from the engine's options.
#pragma once

#include <optional>
#include <string>

#include "genga/engine.h"
#include "torchnet/compute.h"

namespace genga::torchengine {

/// Device (a GPU with its number) and type of the arithmetic. Throws Error: kUnsupported (no such GPU, no such
/// arithmetic there), with the cure.
torchnet::Compute find_place(const engine::EngineOptions& options);

/// "cuda:0 in f16"
std::string to_string(const torchnet::Compute& place);

/// Whether LibTorch sees a GPU.
bool has_gpu();

}  // namespace genga::torchengine
