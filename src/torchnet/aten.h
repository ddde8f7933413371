// All of LibTorch that Genga uses: tensors and autograd. Not torch/torch.h, which costs twenty seconds a file.
// Also the precompiled header of torchnet and train.
#pragma once

#include <ATen/ATen.h>
