// All of LibTorch that Genga uses: tensors, autograd and its guards. Not torch/torch.h, which costs twenty seconds a
// file. Also the precompiled header of torchnet and train.
#pragma once

// clang-format off: clang++ must see this type whole before ATen.h of LibTorch 1.13 puts it into vectors.
#include <ATen/core/ivalue.h>
// clang-format on
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>  // NoGradGuard: LibTorch 2 no longer includes it in ATen.h
