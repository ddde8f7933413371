// A feature network from an ONNX file: its convolutional part, up to where images become vectors.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "genga/weights.h"

namespace genga::eval {

/// Conv (any kernel, embedded in a square one; groups), BatchNormalization, Relu, LeakyRelu, Tanh, Sigmoid, MaxPool,
/// AveragePool (both ways of counting the padding), GlobalAveragePool, ReduceMean over height and width, Concat of
/// channels, Add, and Add, Sub, Mul, Div with constants. The network ends before the first Flatten, Reshape, Squeeze,
/// Gemm, MatMul or Softmax: what classifies is left out. Pixels are taken to be RGB in -1..1; the file does not say.
/// Throws Error: kCorruptData (not ONNX, broken), kUnsupported (naming the operator or attribute).
weights::Model import_onnx(std::span<const std::byte> file, const std::string& name);
weights::Model read_onnx_file(const std::filesystem::path& path);

}  // namespace genga::eval
