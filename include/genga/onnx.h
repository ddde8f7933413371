// ONNX files: any of our networks for other programs, in operators of opset 17 that every runtime has; and published
// feature networks for us. What export writes is not all that import reads.
//
// Usual calls:  write_onnx_file("style.onnx", model);   weights::Model net = read_onnx_file("inception.onnx");
// Does not: write 16-bit weights. All functions are thread-safe.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "genga/weights.h"

namespace genga::onnx {

/// The bytes of an ONNX file. Source `input` and result `output` are f32 [N,C,H,W] in the range that the card's pixels
/// say, of any N and, where the network takes any, H and W; the card is stored in metadata_props, one key a line.
/// Throws Error: kInvalidArgument (weights that do not fit the graph), kUnsupported (more than 2 GiB).
std::string export_model(const weights::Model& model);
/// Atomic. Throws Error: kIo, and as export_model.
void write_onnx_file(const std::filesystem::path& path, const weights::Model& model);

/// A feature network from an ONNX file: its convolutional part, up to where images become vectors.
/// Conv (any kernel, embedded in a square one; groups), BatchNormalization, Relu, LeakyRelu, Tanh, Sigmoid, MaxPool,
/// AveragePool (both ways of counting the padding), GlobalAveragePool, ReduceMean over height and width, Concat of
/// channels, Add, and Add, Sub, Mul, Div with constants. The network ends before the first Flatten, Reshape, Squeeze,
/// Gemm, MatMul or Softmax: what classifies is left out. Pixels are taken to be RGB in -1..1; the file does not say.
/// name: of the file, for messages and the card.
/// Throws Error: kCorruptData (not ONNX, broken), kUnsupported (naming the operator or attribute).
weights::Model import_model(std::span<const std::byte> file, const std::string& name);
/// The same; the card's name is the file's without folder and suffix. Throws Error: kNotFound, kIo too.
weights::Model read_onnx_file(const std::filesystem::path& path);

}  // namespace genga::onnx
