// Networks for other programs: ONNX files, in operators of opset 17 that every runtime has.
//
// Does not: read ONNX files (feature networks: genga/eval.h), write 16-bit weights.
#pragma once

#include <filesystem>
#include <string>

#include "genga/weights.h"

namespace genga::onnx {

/// The bytes of an ONNX file. Source `input` and result `output` are f32 [N,C,H,W] in the range that the card's pixels
/// say, of any N and, where the network takes any, H and W; the card is stored in metadata_props, one key a line.
/// Throws Error: kInvalidArgument (weights that do not fit the graph), kUnsupported (more than 2 GiB).
std::string export_model(const weights::Model& model);
/// Atomic. Throws Error: kIo, and as export_model.
void write_onnx_file(const std::filesystem::path& path, const weights::Model& model);

}  // namespace genga::onnx
