// Which instruction set this process uses; one answer for oneDNN and for our own passes, since they share layouts.
#pragma once

#include "engine/kernels/kernels_low.h"
#include "genga/engine.h"

namespace genga::engine {

/// What oneDNN may use here (it obeys ONEDNN_MAX_CPU_ISA); fixed for the life of the process.
const Kernels& kernels();
/// Null for f32 and where has_precision() is false.
const LowKernels* low_kernels(Precision precision);

}  // namespace genga::engine
