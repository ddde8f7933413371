// What programs and the module libgenga_torch.so agree on. LibTorch takes longer to load than a photo takes to stylise,
// and much more disk than the rest of Genga, so it comes with a module that is loaded when a device asks for it.
#pragma once

#include <memory>
#include <string_view>

#include "genga/engine.h"

namespace genga::engine {

/// All calls throw Error as engine::compile does; exceptions cross from the module to the program.
struct Module {
  std::string_view version;  // of Genga; program and module must be of one build
  bool (*has_gpu)();
  std::shared_ptr<const CompiledModel> (*compile)(const weights::Model& model, const EngineOptions& options);
};

/// Name of the module's only visible function, of type EntryPoint.
inline constexpr const char* kEntryPoint = "genga_torch_engine";
using EntryPoint = const Module* (*)();

}  // namespace genga::engine
