// One image size ready to run: owns the arena and the primitives.
#pragma once

#include <memory>

#include "engine/plan/lowered.h"
#include "genga/engine.h"

namespace genga::engine {

/// Throws Error: kOutOfMemory.
std::unique_ptr<Session> make_session(std::shared_ptr<const SharedModel> model, Lowered lowered);

}  // namespace genga::engine
