// Which instruction set this process uses; one answer for oneDNN and for our own passes, since they share layouts.
#pragma once

#include <vector>

#include "engine/kernels/kernels_low.h"
#include "genga/engine.h"

namespace genga::engine {

/// The fastest that this processor has and that oneDNN may use (it obeys ONEDNN_MAX_CPU_ISA); fixed for the life of the
/// process. A processor without AVX2 gets the generic ones.
const Kernels& kernels();
/// Null for f32 and where has_precision() is false.
const LowKernels* low_kernels(Precision precision);

/// All that this processor can run, whatever oneDNN may use; for tests.
std::vector<const Kernels*> usable_kernels();
std::vector<const LowKernels*> usable_low_kernels();

}  // namespace genga::engine
