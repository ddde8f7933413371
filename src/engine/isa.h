// Which instruction set this process uses; one answer for oneDNN and for our own passes, since they share layouts.
#pragma once

#include "engine/kernels.h"

namespace genga::engine {

/// What oneDNN may use here (it obeys ONEDNN_MAX_CPU_ISA); fixed for the life of the process.
const Kernels& kernels();

}  // namespace genga::engine
