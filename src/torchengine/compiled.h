// The engine's interface on LibTorch.
#pragma once

#include <memory>

#include "genga/engine.h"

namespace genga::torchengine {

/// engine::compile for devices that are LibTorch's. Throws Error: kUnsupported (device), kCorruptData (tensors).
std::shared_ptr<const engine::CompiledModel> compile(const weights::Model& model, const engine::EngineOptions& options);

}  // namespace genga::torchengine
