// Finds and loads libgenga_torch.so, the engine on LibTorch.
#pragma once

#include <string_view>

#include "genga/engine_module.h"

namespace genga::engine {

/// The module that serves a device; null: this program serves it itself.
/// Throws Error: kInvalidArgument (no device's name); kUnsupported (the module cannot be loaded), with the cure.
const Module* module_for(std::string_view device);

/// Loads a module by file name (searched for as the program's RUNPATH says: beside it in a build tree, in ../lib/genga
/// once installed) or path. It stays until the process ends. Throws Error: kUnsupported, with the loader's words.
const Module& load_module(const char* file, std::string_view device);

}  // namespace genga::engine
